//! Files that cannot be used.

use std::{
    fs,
    process::{Command, Stdio},
};

use highball_jobs::backend::{Backend, Fault};
use highball_jobs_redb::Redb;

use crate::place::{NOW, Place, claim, job, push};

/// The variable with the file of a process that the test starts.
const FILE: &str = "REDB_TEST_SECOND";

#[test]
fn a_file_has_one_process() {
    if let Some(file) = std::env::var_os(FILE) {
        let sentence = Redb::open(file)
            .expect_err("another process has it")
            .to_string();
        let expected = [
            "is open elsewhere",
            "only one process",
            "stop the other process",
        ];
        assert!(
            expected.iter().all(|part| sentence.contains(part)),
            "{sentence}"
        );
        return;
    }
    let place = Place::new();
    let first = place.open();
    let program = std::env::current_exe().expect("this program");
    let status = Command::new(program)
        .args(["--exact", "files::a_file_has_one_process"])
        .env(FILE, place.file())
        .stdout(Stdio::null())
        .status();
    assert!(status.expect("a process").success());
    drop(first);
    drop(place.open());
}

#[test]
fn a_file_cannot_be_opened_twice_in_a_process() {
    let place = Place::new();
    let first = place.open();
    let clone = first.clone();
    drop(first);
    let error = Redb::open(place.file()).expect_err("it is open");
    assert!(error.to_string().contains("only one process"), "{error}");
    drop(clone);
    drop(place.open());
}

#[test]
fn a_file_that_cannot_be_used_is_an_error_with_a_sentence() {
    let place = Place::new();
    let folder = place.file().with_file_name("folder");
    fs::create_dir(&folder).expect("a directory");
    let other = place.file().with_file_name("notes.txt");
    fs::write(&other, "milk and honey ".repeat(1000)).expect("a file");
    let missing = folder.join("missing").join("jobs.redb");
    let cases = [
        (&folder, "is a directory: choose"),
        (&other, "is not a file of redb: choose another path"),
        (&missing, "does not exist: create it"),
    ];
    for (path, expected) in cases {
        let error = Redb::open(path).expect_err("it cannot be used").to_string();
        assert!(error.contains(expected), "{error}");
    }
    assert_eq!(fs::read_to_string(other).expect("the file").len(), 15_000);
}

#[test]
fn a_file_that_is_read_only_is_an_error_with_a_sentence() {
    let place = Place::new();
    drop(place.open());
    let mut permissions = fs::metadata(place.file()).expect("the file").permissions();
    permissions.set_readonly(true);
    fs::set_permissions(place.file(), permissions).expect("it is changed");
    // The permissions of a file do not hold for root.
    if fs::OpenOptions::new()
        .write(true)
        .open(place.file())
        .is_ok()
    {
        return;
    }
    let error = Redb::open(place.file())
        .expect_err("it cannot be written")
        .to_string();
    assert!(
        error.contains("cannot be written: give this process the permission"),
        "{error}"
    );
}

/// Its parent has limited the size of files.
#[cfg(unix)]
#[tokio::test]
async fn a_file_that_cannot_grow_blocks_publishers() {
    if let Some(file) = std::env::var_os(FILE) {
        let redb = Redb::open(file).expect("the file");
        push(&redb, "small").await;
        let large = job(&"x".repeat(64 << 20));
        let error = redb
            .push(vec![large], NOW)
            .await
            .expect_err("it is too large");
        assert_eq!(error.fault(), Fault::Blocked, "{error}");
        assert!(
            error
                .to_string()
                .contains("disk or quota is full: free some space"),
            "{error}"
        );
        push(&redb, "another").await;
        assert_eq!(claim(&redb, 9).await.len(), 2);
        return;
    }
    let place = Place::new();
    let program = std::env::current_exe().expect("this program");
    let status = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 20000; exec \"$0\" \"$@\""])
        .arg(program)
        .args([
            "--exact",
            "files::a_file_that_cannot_grow_blocks_publishers",
            "--nocapture",
        ])
        .env(FILE, place.file())
        .stdout(Stdio::null())
        .status();
    assert!(status.expect("a process").success());
    assert!(claim(&place.open(), 9).await.is_empty(), "both have run");
}
