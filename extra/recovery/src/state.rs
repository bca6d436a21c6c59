//! The actions that have begun, in a file: a budget that a restart forgets is no limit for restarts.

use std::{
    fs::{self, File},
    hash::{BuildHasher, RandomState},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::webhook::Occurrence;

/// The actions that were begun, and those that last.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
pub(crate) struct State {
    /// The name of this instance for the lock.
    pub(crate) holder: String,
    pub(crate) acted: Vec<Acted>,
    pub(crate) lasting: Vec<Lasting>,
    /// Whether the process restarts by an action, and holds the lock until it serves again.
    pub(crate) is_restarting: bool,
}

/// An action that was begun.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Acted {
    pub(crate) rule: String,
    pub(crate) of: Occurrence,
    /// In milliseconds since 1970.
    pub(crate) at: i64,
}

/// An action that lasts until its alert is resolved.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Lasting {
    pub(crate) of: Occurrence,
    pub(crate) drains: bool,
    /// When it ends without a notification, in milliseconds since 1970.
    pub(crate) until: i64,
}

impl State {
    /// Reads the file. A file that is missing or damaged is an empty state.
    pub(crate) fn read(path: &Path) -> io::Result<Self> {
        let mut state = match fs::read(path) {
            Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_else(|error| {
                eprintln!(
                    "recovery: {} is damaged, and an empty one replaces it: {error}",
                    path.display()
                );
                Self::default()
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::default(),
            Err(error) => return Err(error),
        };
        if state.holder.is_empty() {
            let random = || RandomState::new().hash_one(std::process::id());
            state.holder = format!("{:016x}{:016x}", random(), random());
        }
        Ok(state)
    }

    /// Replaces the file.
    pub(crate) fn write(&self, path: &Path) -> io::Result<()> {
        let new = PathBuf::from(format!("{}.new", path.display()));
        let mut file = File::create(&new)?;
        file.write_all(&serde_json::to_vec(self)?)?;
        file.sync_all()?;
        fs::rename(&new, path)
    }

    /// Returns the times of the actions of a rule since then, the oldest first.
    pub(crate) fn times(&self, rule: &str, since: i64) -> Vec<i64> {
        let own = self.acted.iter().filter(|acted| acted.rule == rule);
        own.map(|acted| acted.at).filter(|at| *at > since).collect()
    }

    pub(crate) fn has_acted(&self, rule: &str, of: &Occurrence) -> bool {
        let mut acted = self.acted.iter();
        acted.any(|acted| acted.rule == rule && acted.of == *of)
    }

    /// Removes the actions before this time, which nothing needs any more.
    pub(crate) fn forget(&mut self, before: i64) {
        self.acted.retain(|acted| acted.at > before);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn state_is_the_same_after_a_restart_and_new_if_its_file_is_damaged() {
        let path = std::env::temp_dir().join(format!("recovery-state-{}", std::process::id()));
        let mut state = State::read(&path).expect("a new one");
        let of = Occurrence {
            fingerprint: "f".to_owned(),
            starts_at: 5,
        };
        state.acted.push(Acted {
            rule: "slow".to_owned(),
            of: of.clone(),
            at: 7,
        });
        state.write(&path).expect("a file");
        let read = State::read(&path).expect("a file");
        assert_eq!(read.holder, state.holder);
        assert!(read.has_acted("slow", &of));
        assert!(!read.has_acted("other", &of));
        assert_eq!(
            (read.times("slow", 6), read.times("slow", 7)),
            (vec![7], vec![])
        );
        fs::write(&path, "{").expect("a file");
        assert!(State::read(&path).expect("a new one").acted.is_empty());
        fs::remove_file(&path).expect("a file");
    }
}
