//! Where programs are installed.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// Returns the path of a program in these folders, or else in `PATH` and the folders for servers.
pub(super) fn find(name: &str, folders: &[PathBuf]) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let servers = ["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from);
    let folders = folders.iter().cloned();
    folders
        .chain(env::split_paths(&path))
        .chain(servers)
        .map(|folder| folder.join(name))
        .find(|program| program.is_file())
}

/// Returns `FOLDER/VERSION/bin` for each version, the newest first.
pub(super) fn versions(folder: &str) -> Vec<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir(Path::new(folder))
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .collect();
    versions.sort();
    versions.into_iter().rev().map(|(_, bin)| bin).collect()
}
