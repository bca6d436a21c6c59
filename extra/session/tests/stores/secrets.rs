//! A copy of the store is no login: it has hashes of the ids.

use std::{fs, path::Path};

use highball_session::store::Store;

use crate::{
    app::App,
    backends::{Folder, Keys, Schema},
};

/// Begins sessions, and returns the ids of their cookies.
async fn ids(store: impl Store) -> Vec<String> {
    let app = App::start(store);
    let mut ids = Vec::new();
    for path in ["/a", "/login", "/a", "/login"] {
        ids.push(app.begin(path).await);
    }
    ids
}

/// Returns whether a file of a directory contains the text.
fn contains(directory: &Path, text: &str) -> bool {
    let entries = fs::read_dir(directory).expect("a directory").flatten();
    entries
        .into_iter()
        .any(|entry| match entry.path().is_dir() {
            true => contains(&entry.path(), text),
            false => {
                // A server may remove a file meanwhile.
                let bytes = fs::read(entry.path()).unwrap_or_default();
                bytes
                    .windows(text.len())
                    .any(|window| window == text.as_bytes())
            }
        })
}

fn assert_no_id(directory: &Path, ids: &[String]) {
    assert!(
        contains(directory, "user:zoe"),
        "the search finds what is there"
    );
    for id in ids {
        assert!(!contains(directory, id), "the id is in the store");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_files_of_sqlite_have_no_id() {
    let folder = Folder::new();
    let ids = ids(folder.store()).await;
    assert_no_id(folder.path(), &ids);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_files_of_postgres_have_no_id() {
    let Some(server) = highball_faults::postgres_or_skip().await else {
        return;
    };
    let schema = Schema::at(&server.url()).await;
    let ids = ids(schema.store()).await;
    server.stop().await;
    assert_no_id(server.directory(), &ids);
}

/// The append-only file has each command that changes something.
#[tokio::test(flavor = "multi_thread")]
async fn the_files_of_redis_have_no_id() {
    let Some(server) = highball_faults::redis_or_skip().await else {
        return;
    };
    let ids = ids(Keys::at(&server.url()).store()).await;
    server.stop().await;
    assert_no_id(server.directory(), &ids);
}
