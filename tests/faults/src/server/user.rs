//! The user that runs a server.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// A user without privileges.
#[derive(Clone, Copy, Debug)]
pub(super) enum User {
    /// The user that runs the test.
    Current,
    /// Another user, because the test runs as root, and PostgreSQL refuses to run as root.
    Other { uid: u32, gid: u32 },
}

impl User {
    /// Returns the current user, the owner of a new file, or `nobody` if that is root.
    pub(super) fn without_privileges(file: &Path) -> Self {
        let metadata = fs::metadata(file).expect("the file exists");
        if metadata.uid() != 0 {
            return Self::Current;
        }
        let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
        find(&passwd, "nobody").expect("a user `nobody` exists")
    }

    pub(super) fn own(self, path: &Path) {
        if let Self::Other { uid, gid } = self {
            chown(path, Some(uid), Some(gid)).expect("root may change the owner");
        }
    }

    pub(super) fn command(self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        if let Self::Other { uid, gid } = self {
            // This also removes the supplementary groups of root.
            command.uid(uid).gid(gid);
        }
        command
    }
}

fn find(passwd: &str, name: &str) -> Option<User> {
    let line = passwd
        .lines()
        .find(|line| line.split(':').next() == Some(name))?;
    let mut ids = line.split(':').skip(2);
    Some(User::Other {
        uid: ids.next()?.parse().ok()?,
        gid: ids.next()?.parse().ok()?,
    })
}
