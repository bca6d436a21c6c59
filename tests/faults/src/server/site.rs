//! The temporary directory of a server.

use std::env;
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use super::builder::Builder;
use super::user::User;

#[derive(Debug)]
pub(super) struct Site {
    pub(super) directory: PathBuf,
    pub(super) options: Builder,
    pub(super) user: User,
    /// The port of the server, and two more for servers that need them.
    pub(super) ports: [u16; 3],
}

impl Site {
    pub(super) fn create(options: Builder) -> Self {
        let directory = create_directory();
        let user = User::without_privileges(&directory);
        let site = Self {
            directory,
            options,
            user,
            ports: [0; 3],
        };
        site.user.own(&site.directory);
        fs::create_dir(site.data()).expect("the directory is new");
        site.user.own(&site.data());
        site
    }

    /// Returns the directory of the data. It is also the working directory of every process of the server, by which
    /// they are found.
    pub(super) fn data(&self) -> PathBuf {
        self.directory.join("data")
    }

    pub(super) fn log(&self) -> PathBuf {
        self.directory.join("log")
    }

    pub(super) fn open_log(&self) -> File {
        let mut options = OpenOptions::new();
        let log = options.create(true).append(true).open(self.log());
        log.expect("the directory is writable")
    }

    /// Writes a file that only the user of the server can read, and returns its path.
    pub(super) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.directory.join(name);
        fs::write(&path, text).expect("the directory is writable");
        let private = Permissions::from_mode(0o600);
        fs::set_permissions(&path, private).expect("the file exists");
        self.user.own(&path);
        path
    }

    /// Returns a command that runs as the user of the server, in the directory of the data.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = self.user.command(program);
        command.current_dir(self.data()).env("LC_ALL", "C");
        command
    }
}

fn create_directory() -> PathBuf {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let time = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    let name = format!(
        "highball-faults-{}-{}-{}",
        process::id(),
        time.as_nanos(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    );
    let directory = env::temp_dir().join(name);
    let made = DirBuilder::new().mode(0o700).create(&directory);
    made.expect("the directory for temporary files is writable");
    directory
}
