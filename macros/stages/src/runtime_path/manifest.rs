//! The name of the runtime in the `Cargo.toml` of the package that is compiled: `web = { package = "highball", .. }`.
//!
//! A parser of TOML was rejected: it would take longer to compile than these macros. Only the lines of dependencies
//! matter, and a name that these rules do not find can be given by `crate = path`.

use std::{
    cell::RefCell,
    collections::HashMap,
    env, fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

/// The manifest that was read last: its path, the time of its last change, and the names of packages in it.
type Read = (PathBuf, Option<SystemTime>, HashMap<String, String>);

thread_local! {
    // A compiler expands the macros of one package, and an editor those of many.
    static LAST: RefCell<Option<Read>> = const { RefCell::new(None) };
}

/// Returns the name by which the package that is compiled depends on this one.
pub(super) fn name_of(package: &str) -> String {
    let Some(dir) = env::var_os("CARGO_MANIFEST_DIR") else {
        return package.replace('-', "_");
    };
    let path = Path::new(&dir).join("Cargo.toml");
    let changed = fs::metadata(&path).and_then(|data| data.modified()).ok();
    LAST.with_borrow_mut(|last| {
        if !matches!(last, Some((known, time, _)) if *known == path && *time == changed) {
            *last = None;
        }
        let (path, _, names) = last.get_or_insert_with(|| (path, changed, HashMap::new()));
        match names.get(package) {
            Some(name) => name.clone(),
            None => {
                let name = read_name(path, package);
                names.insert(package.to_owned(), name.clone());
                name
            }
        }
    })
}

fn read_name(path: &Path, package: &str) -> String {
    let text = fs::read_to_string(path).unwrap_or_default();
    let own = dependencies(&text, package);
    let is_own = own.iter().any(|dependency| dependency.name == package);
    let renamed = own.iter().find(|dependency| dependency.is_renamed);
    let name = match renamed {
        _ if is_own => None,
        Some(dependency) => Some(dependency.name.clone()),
        None => inherited_name(path, &own, package),
    };
    name.as_deref().unwrap_or(package).replace('-', "_")
}

/// Returns the name that the package inherits from the manifest of a workspace around it.
fn inherited_name(path: &Path, own: &[Dependency], package: &str) -> Option<String> {
    let dirs = path.parent()?.ancestors().skip(1);
    let mut texts = dirs.filter_map(|dir| fs::read_to_string(dir.join("Cargo.toml")).ok());
    let workspace = texts.find(|text| text.contains("[workspace"))?;
    let renamed = dependencies(&workspace, package)
        .into_iter()
        .filter(|dependency| dependency.is_renamed);
    let mut names = renamed.map(|dependency| dependency.name);
    names.find(|name| own.iter().any(|dependency| dependency.name == *name))
}

/// A dependency in a manifest.
struct Dependency {
    name: String,
    /// Whether the line contains `package = ".."` with the name of the package.
    is_renamed: bool,
}

/// Returns one value for each line about a dependency.
fn dependencies(text: &str, package: &str) -> Vec<Dependency> {
    let mut table = String::new();
    let mut found = Vec::new();
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if let Some(header) = line.strip_prefix('[') {
            table = header.trim_end_matches(']').replace(['"', ' '], "");
            found.extend(named_by_table(&table));
        } else if let Some((key, value)) = line.split_once('=') {
            found.extend(named_by_line(&table, key, value, package));
        }
    }
    found
}

/// Reads `[dependencies.web]`.
fn named_by_table(table: &str) -> Option<Dependency> {
    let (parent, name) = table.rsplit_once('.')?;
    parent.ends_with("dependencies").then(|| Dependency {
        name: name.to_owned(),
        is_renamed: false,
    })
}

/// Reads `web = { package = "highball" }` and `web.package = "highball"`, or `package = "highball"` in
/// `[dependencies.web]`.
fn named_by_line(table: &str, key: &str, value: &str, package: &str) -> Option<Dependency> {
    let key = key.trim().replace('"', "");
    let value = value.replace(char::is_whitespace, "");
    let is_package = value.trim_matches('"') == package;
    if let Some(dependency) = named_by_table(table) {
        let is_renamed = key == "package" && is_package;
        return Some(Dependency {
            is_renamed,
            ..dependency
        });
    }
    if !table.ends_with("dependencies") {
        return None;
    }
    let (name, field) = key.split_once('.').unwrap_or((&key, ""));
    let in_value = || value.contains(&format!("package=\"{package}\""));
    Some(Dependency {
        name: name.to_owned(),
        is_renamed: field == "package" && is_package || field.is_empty() && in_value(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let dir = env::temp_dir().join(format!("highball-manifest-{}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        let path = dir.join("Cargo.toml");
        fs::write(&path, text).unwrap();
        let name = read_name(&path, "highball");
        fs::remove_dir_all(&dir).unwrap();
        assert_eq!(name, expected, "{text}");
    }

    #[test]
    fn a_renamed_dependency_is_found() {
        for (text, expected) in [
            ("[dependencies]\nhighball = \"0.1\"", "highball"),
            ("[dependencies]\nserde = \"1\"", "highball"),
            (
                "[dependencies]\nmy-web = { version = \"0.1\", package = \"highball\" }",
                "my_web",
            ),
            ("[dependencies]\nweb.package = \"highball\"", "web"),
            (
                "[dev-dependencies.web]\nversion = \"0.1\"\npackage = \"highball\"",
                "web",
            ),
            (
                "[target.'cfg(unix)'.dependencies]\nweb={package=\"highball\"}",
                "web",
            ),
            (
                "[dependencies]\nhighball.workspace = true\nweb = { package = \"highball\" }",
                "highball",
            ),
            (
                "[dependencies]\n# web = { package = \"highball\" }",
                "highball",
            ),
            (
                "[package.metadata]\nweb = { package = \"highball\" }",
                "highball",
            ),
            (
                "[workspace.dependencies]\nweb = { package = \"highball\" }\n[dependencies]\nweb.workspace = true",
                "web",
            ),
        ] {
            check(text, expected);
        }
    }

    #[test]
    fn a_name_of_the_workspace_is_inherited() {
        let dir = env::temp_dir().join(format!("highball-workspace-{}", std::process::id()));
        let member = dir.join("crates/member");
        fs::create_dir_all(&member).unwrap();
        let root = "[workspace]\n[workspace.dependencies]\nweb = { package = \"highball\" }";
        fs::write(dir.join("Cargo.toml"), root).unwrap();
        let path = member.join("Cargo.toml");
        fs::write(&path, "[dependencies]\nweb.workspace = true").unwrap();
        let name = read_name(&path, "highball");
        fs::remove_dir_all(&dir).unwrap();
        assert_eq!(name, "web");
    }
}
