//! Imports go one way: a module refers only to modules above it in the list of its crate.
//!
//! Every path that begins with `crate::`, `super::` or `self::` counts, in `use` declarations and elsewhere. Comments,
//! literals and tests do not.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Files at the top of `src` that may refer to every module, and that no module may refer to.
const ROOTS: [&str; 5] = ["doctests", "lib", "main", "prelude", "private"];

/// Fails unless the modules of a crate are those in `order` and refer only to themselves and to earlier ones.
///
/// A module is a file or a folder at the top of `src`. Files of one folder may refer to each other.
#[track_caller]
fn check(src: &str, order: &[&str]) {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(src);
    let mut found = BTreeSet::new();
    let mut wrong = Vec::new();
    for file in rust_files(&src) {
        let text = fs::read_to_string(src.join(&file)).expect("the file is readable");
        let module = module_path(&file);
        let Some(name) = module.first().filter(|name| !is_root(name)) else {
            continue;
        };
        found.insert(name.clone());
        let idx = order.iter().position(|module| module == name);
        for (line, target) in referred(&text, &module) {
            let is_above = order[..idx.unwrap_or(0)].contains(&target.as_str());
            if target != *name && !is_above {
                let file = file.display();
                wrong.push(format!("{file}:{line}: `{name}` refers to `{target}`"));
            }
        }
    }
    let listed = order.iter().map(ToString::to_string).collect();
    let difference: Vec<_> = found.symmetric_difference(&listed).collect();
    assert!(
        difference.is_empty(),
        "the list and {} differ in {difference:?}",
        src.display()
    );
    let wrong = wrong.join("\n");
    assert!(
        wrong.is_empty(),
        "a module may refer only to modules above it in the list:\n{wrong}"
    );
}

fn is_root(name: &str) -> bool {
    ROOTS.contains(&name)
}

/// Returns the files below `src`, without tests and without `bin/`, whose programs are crates.
fn rust_files(src: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(src.join(&folder)).expect("the folder is readable") {
            let entry = entry.expect("the entry is readable");
            let path = folder.join(entry.file_name());
            let is_dir = entry.file_type().expect("the entry has a type").is_dir();
            if path.file_stem().is_some_and(|name| name == "tests") || path == Path::new("bin") {
                continue;
            }
            if is_dir {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// Returns the path of the module in a file: `a/b.rs` and `a/b/mod.rs` are both `[a, b]`.
fn module_path(file: &Path) -> Vec<String> {
    let path = file.with_extension("");
    let mut names: Vec<_> = path
        .iter()
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    names.pop_if(|name| name == "mod");
    names
}

/// Returns the top module that each path in a file refers to, with the line of the path.
fn referred(text: &str, file: &[String]) -> Vec<(usize, String)> {
    let tokens = tokens(text);
    let words: Vec<_> = tokens.iter().map(|(_, word)| *word).collect();
    let mut found = Vec::new();
    let (mut idx, mut depth) = (0, 0_usize);
    // The inline modules around the token, each with the depth of braces outside it. The first `super` of a path leads
    // to the module around the innermost of them.
    let mut inline: Vec<(&str, usize)> = Vec::new();
    while idx < words.len() {
        match &words[idx..] {
            ["mod", name, "{", ..] => inline.push((name, depth)),
            ["{", ..] => depth += 1,
            ["}", ..] => {
                depth -= 1;
                inline.pop_if(|(_, outside)| *outside == depth);
            }
            ["crate" | "super" | "self", "::", ..] => {
                let mut module = file.to_vec();
                module.extend(inline.iter().map(|(name, _)| (*name).to_owned()));
                let mut targets = Vec::new();
                let len = resolve(&words[idx..], module, &mut targets);
                if !inline.iter().any(|(name, _)| *name == "tests") {
                    let line = tokens[idx].0;
                    found.extend(targets.into_iter().map(|target| (line, target)));
                }
                idx += len;
                continue;
            }
            _ => {}
        }
        idx += 1;
    }
    found
}

/// Resolves one path, or the tree of a `use`, in a module. Returns the number of tokens that were read.
fn resolve(words: &[&str], mut module: Vec<String>, found: &mut Vec<String>) -> usize {
    let mut idx = 0;
    loop {
        match &words[idx..] {
            ["crate", "::", ..] => module.clear(),
            ["self", "::", ..] => {}
            ["super", "::", ..] => drop(module.pop()),
            ["{", ..] => return idx + resolve_group(&words[idx..], &module, found),
            // The other names of the path are modules and items inside the first one.
            [name, ..] => {
                let target = module.first().map_or(*name, String::as_str);
                found.push(target.to_owned());
                return idx + 1;
            }
            [] => return idx,
        }
        idx += 2;
    }
}

/// Resolves each path of a group in braces.
fn resolve_group(words: &[&str], module: &[String], found: &mut Vec<String>) -> usize {
    let (mut idx, mut depth) = (1, 1);
    let mut is_start = true;
    while depth > 0 && idx < words.len() {
        match words[idx] {
            "}" => depth -= 1,
            "," => is_start = depth == 1,
            _ if is_start => {
                idx += resolve(&words[idx..], module.to_vec(), found);
                is_start = false;
                continue;
            }
            "{" => depth += 1,
            _ => {}
        }
        idx += 1;
    }
    idx
}

/// Splits a source into words and signs, each with its line, without comments and literals.
fn tokens(text: &str) -> Vec<(usize, &str)> {
    let mut tokens = Vec::new();
    let (mut rest, mut line) = (text, 1);
    while let Some(first) = rest.chars().next() {
        let (len, is_token) = token(rest, first);
        if is_token {
            tokens.push((line, &rest[..len]));
        }
        line += rest[..len].matches('\n').count();
        rest = &rest[len..];
    }
    tokens
}

/// Returns the length of the first token of a text, and whether it is a word or a sign.
fn token(text: &str, first: char) -> (usize, bool) {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let through = |from: usize, end: &str| match text[from..].find(end) {
        Some(at) => from + at + end.len(),
        None => text.len(),
    };
    if text.starts_with("//") {
        return (through(0, "\n"), false);
    }
    if text.starts_with("/*") {
        return (through(2, "*/"), false);
    }
    if let Some((from, hashes)) = raw_string(text) {
        return (through(from, &format!("\"{hashes}")), false);
    }
    match first {
        '"' => (quoted_len(text, '"'), false),
        // A lifetime has no quotation mark after its name.
        '\'' if text[1..].starts_with('\\') || text.chars().nth(2) == Some('\'') => {
            (quoted_len(text, '\''), false)
        }
        ':' if text.starts_with("::") => (2, true),
        _ if is_word(first) => (text.find(|c| !is_word(c)).unwrap_or(text.len()), true),
        _ => (first.len_utf8(), !first.is_whitespace()),
    }
}

/// Returns the offset at which the content of a raw string begins, and its number signs.
fn raw_string(text: &str) -> Option<(usize, &str)> {
    let rest = text.trim_start_matches(['b', 'c']).strip_prefix('r')?;
    let hashes = &rest[..rest.find(|c| c != '#')?];
    let content = rest[hashes.len()..].strip_prefix('"')?;
    Some((text.len() - content.len(), hashes))
}

/// Returns the length of a literal, including both quotation marks.
fn quoted_len(text: &str, mark: char) -> usize {
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if c == mark && !is_escaped {
            return at + 1;
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    text.len()
}

#[test]
fn paths_are_found_in_uses_and_expressions() {
    let text = r##"
        use crate::{a, b::{c, d}, f::{self, g}};
        use super::{e, super::h};
        // crate::comment
        const X: &str = "crate::string";
        const Y: (char, &str) = ('"', r#"" crate::raw"#);
        fn z<'x>() -> crate::i<'x> { self::own(); $crate::j!() }
        mod inner { use super::super::k; fn l() { super::m() } }
        mod tests { use crate::test; }
        pub(in crate::n) fn o() {}
    "##;
    let found = referred(text, &["own".to_owned(), "file".to_owned()]);
    let found: Vec<_> = found
        .iter()
        .map(|(line, name)| (*line, name.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            (2, "a"),
            (2, "b"),
            (2, "f"),
            (3, "own"),
            (3, "h"),
            (7, "i"),
            (7, "own"),
            (7, "j"),
            (8, "own"),
            (8, "own"),
            (10, "n"),
        ]
    );
}

/// The rooms of the runtime, as ARCHITECTURE.md lists them.
#[test]
fn runtime() {
    check(
        "runtime/src",
        &[
            "const_text",
            "deref",
            "panics",
            "events",
            "clock",
            "tasks",
            "pool",
            "header_value",
            "routes",
            "table",
            "body",
            "response",
            "decode",
            "error",
            "config",
            "request",
            "extract",
            "chain",
            "middleware",
            "app",
            "tower",
            "testing",
            "server",
            "serve",
            "battery",
            "describe",
        ],
    );
}

#[test]
fn load() {
    check(
        "load/src",
        &[
            "duration",
            "record",
            "schedule",
            "shard",
            "report",
            "requirement",
            "args",
            "target",
            "connection",
            "sender",
            "text",
            "html",
            "progress",
            "run",
        ],
    );
}

#[test]
fn macros() {
    check(
        "macros/src",
        &[
            "bodies",
            "schemas",
            "route_attrs",
            "attr",
            "entry",
            "check",
            "expand",
            "derive",
            "url",
            "main_fn",
            "route",
            "chain_attr",
            "group",
        ],
    );
}

#[test]
fn macro_stages() {
    check(
        "macros/stages/src",
        &[
            "errors",
            "types",
            "fragments",
            "similar",
            "runtime_path",
            "pattern",
            "function",
            "derive",
        ],
    );
}

#[test]
fn benches() {
    check(
        "benches/src",
        &[
            "failure", "endpoint", "client", "process", "go", "servers", "valgrind", "wrk",
            "answers", "results", "chart", "report", "baseline", "startup", "h2load", "compare",
        ],
    );
    check(
        "benches/src/bin/lookup",
        &["allocations", "route_set", "routers", "generate"],
    );
    check(
        "benches/src/bin/chain",
        &["fixture", "actix", "axum", "highball"],
    );
    check(
        "benches/src/bin/sharing",
        &["case", "hand_over", "read_mostly", "write_heavy"],
    );
    check("benches/peers/src", &["routes", "table"]);
}
