//! The committed forms of jobs, with which `#[derive(Job)]` compares the type.

use std::{fs, io::ErrorKind, path::Path};

use highball::{Error, Result};

use crate::Job;

/// The stored form of a job. `#[derive(Job)]` implements it.
pub trait HasContract: Job {
    /// The current version in the file.
    const CONTRACT: &'static str;
    /// The file, below the directory of the package.
    const FILE: &'static str;
}

/// The current version of a job, and its file.
#[derive(Debug, Clone, Copy)]
pub struct Contract {
    file: &'static str,
    section: &'static str,
}

/// Returns the committed form of a job.
pub const fn contract_of<J: HasContract>() -> Contract {
    Contract {
        file: J::FILE,
        section: J::CONTRACT,
    }
}

impl Contract {
    /// Writes the current version into the file, and returns whether this has changed it.
    pub(crate) fn accept(&self, package: &Path) -> Result<bool> {
        let path = package.join(self.file);
        let old = self.read(&path)?;
        let new = merge(&old, self.section);
        if new == old {
            return Ok(false);
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, new)?;
        Ok(true)
    }

    /// Returns an error if the file does not have the current version.
    pub(crate) fn check(&self, package: &Path) -> Result {
        let old = self.read(&package.join(self.file))?;
        match merge(&old, self.section) == old {
            true => Ok(()),
            false => Err(Error::new(format!(
                "`{}` is missing or old: write it with `HIGHBALL_CONTRACTS=accept cargo run -- contracts accept`, and \
                 commit it",
                self.file
            ))),
        }
    }

    fn read(&self, path: &Path) -> Result<String> {
        match fs::read_to_string(path) {
            Ok(text) => Ok(text.replace("\r\n", "\n")),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(String::new()),
            Err(error) => Err(Error::from(error).context(format!("reading `{}`", self.file))),
        }
    }

    pub(crate) fn file(&self) -> &'static str {
        self.file
    }
}

/// Returns the text of a file with a section, which replaces the section of the same version.
///
/// Sections are in the order of their versions, with an empty line between them. The lines before the first one are
/// kept. The result is the same if the section is merged again.
fn merge(file: &str, section: &str) -> String {
    let mut parts = vec![String::new()];
    for line in file.lines() {
        if version(line).is_some() {
            parts.push(String::new());
        }
        if let Some(last) = parts.last_mut() {
            last.push_str(line.trim_end());
            last.push('\n');
        }
    }
    parts.retain(|part| version(part).is_none() || version(part) != version(section));
    let mut places = parts.iter();
    let place = places.position(|part| version(part) > version(section));
    parts.insert(place.unwrap_or(parts.len()), section.to_owned());
    let parts = parts.iter().map(|part| part.trim_end());
    let parts = parts.filter(|part| !part.is_empty()).collect::<Vec<_>>();
    parts.join("\n\n") + "\n"
}

/// Returns the version of a section that begins with this text.
fn version(text: &str) -> Option<u32> {
    let rest = text.strip_prefix("version ")?;
    rest.split([',', '\n']).next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{Contract, merge};

    const ONE: &str = "version 1\n  order: i64\n";
    const TWO: &str = "version 2\n  order: String\n";

    #[test]
    fn sections_are_in_the_order_of_their_versions() {
        let both = "version 1\n  order: i64\n\nversion 2\n  order: String\n";
        assert_eq!(merge("", ONE), ONE);
        assert_eq!(merge(ONE, TWO), both);
        assert_eq!(merge(TWO, ONE), both);
        assert_eq!(merge(both, ONE), both);
        let changed = merge(both, "version 1\n  order: u8\n");
        assert_eq!(
            changed,
            "version 1\n  order: u8\n\nversion 2\n  order: String\n"
        );
        assert_eq!(
            merge("# ours\n\nversion 1\n  a: u8\n", ONE),
            format!("# ours\n\n{ONE}")
        );
    }

    #[test]
    fn a_file_is_written_once() {
        let package = std::env::temp_dir().join(format!("contracts-{}", std::process::id()));
        let (file, section) = ("contracts/email.txt", ONE);
        let contract = Contract { file, section };
        let error = contract.check(&package).unwrap_err().to_string();
        assert!(
            error.contains("`contracts/email.txt` is missing or old"),
            "{error}"
        );
        assert!(contract.accept(&package).unwrap());
        assert!(!contract.accept(&package).unwrap());
        contract.check(&package).unwrap();
        std::fs::remove_dir_all(&package).unwrap();
    }
}
