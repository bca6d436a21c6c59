//! The generated files of `deploy/monitoring` are those of the app.

// With PostgreSQL, the program needs a database, and the files are the same.
#![cfg(not(feature = "postgres"))]

use std::{path::Path, process::Command};

use highball_faults::Folder;

/// Runs a command of the program, and returns whether it succeeded and its errors.
fn run(arguments: &[&str]) -> (bool, String) {
    let folder = Folder::new();
    let output = Command::new(env!("CARGO_BIN_EXE_shop"))
        .args(arguments)
        .env("DATABASE", folder.file("shop.db"))
        .output()
        .expect("it runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    (output.status.success(), errors.into_owned())
}

#[test]
fn alert_rules_are_those_of_the_routes() {
    let deploy = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/monitoring");
    let rules = deploy.join("rules.yml");
    let (is_same, errors) = run(&["alerts", "--check", rules.to_str().expect("UTF-8")]);
    assert!(is_same, "{errors}");
    // The check finds another objective.
    let folder = Folder::new();
    let text = std::fs::read_to_string(rules).expect("a file");
    let other = folder.file("rules.yml");
    std::fs::write(&other, text.replace("> 0.05", "> 0.5")).expect("a folder");
    let (is_same, errors) = run(&["alerts", "--check", other.to_str().expect("UTF-8")]);
    assert!(
        !is_same && errors.contains("has another expression"),
        "{errors}"
    );
}

#[test]
fn board_is_that_of_the_routes() {
    // The metrics of the process are those of Linux.
    if !cfg!(target_os = "linux") {
        return;
    }
    let deploy = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/monitoring");
    let board = deploy.join("board.json");
    let (is_same, errors) = run(&["dashboard", "--check", board.to_str().expect("UTF-8")]);
    assert!(is_same, "{errors}");
    // The check finds another file.
    let folder = Folder::new();
    let text = std::fs::read_to_string(board).expect("a file");
    let other = folder.file("board.json");
    std::fs::write(&other, text.replace("GET /products:", "GET /goods:")).expect("a folder");
    let (is_same, errors) = run(&["dashboard", "--check", other.to_str().expect("UTF-8")]);
    assert!(!is_same && errors.contains("GET /goods:"), "{errors}");
}
