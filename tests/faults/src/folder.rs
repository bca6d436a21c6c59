//! A temporary directory.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::unique_name;

/// A temporary directory of one test, which is removed when it is dropped.
///
/// # Panics
///
/// [`Folder::new`] and [`Folder::within`] panic if it cannot be created.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// Creates a directory that no other test has.
    #[expect(clippy::new_without_default, reason = "it changes the file system")]
    pub fn new() -> Self {
        Self::within(std::env::temp_dir())
    }

    /// Creates a directory in this one that no other test has.
    pub fn within(parent: impl AsRef<Path>) -> Self {
        let path = parent.as_ref().join(unique_name());
        fs::create_dir_all(&path).expect("a directory");
        Self(path)
    }

    /// Returns the path.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Returns the path of a file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}
