//! Tests that each command on a page prints the output that the page shows.

use std::{fs, path::Path};

use crate::{PAGES, apps, blocks, curl};

#[test]
fn commands_print_what_the_pages_show() {
    let file = database("transcripts.db");
    let mut running = None;
    let mut token = String::new();
    let mut wrong = Vec::new();
    for block in PAGES.iter().flat_map(|page| blocks::read(page)) {
        let Some(app) = block.marker.strip_prefix("app: ") else {
            assert_ne!(block.language, "console", "{}: name the app", block.place);
            continue;
        };
        if running.as_ref().is_none_or(|(name, _)| name != app) {
            // Stop the previous program first, because both use the same database.
            drop(running.take());
            running = Some((app.to_owned(), apps::start(app, &file)));
        }
        let addr = running.as_ref().expect("it has been started").1.addr;
        for (command, expected) in commands(&block.text) {
            if !command.starts_with("curl ") {
                assert!(command.starts_with("TOKEN="), "{}: {command}", block.place);
                continue;
            }
            let printed = curl::run(&command.replace("$TOKEN", &token), addr);
            if let Some((_, rest)) = printed.split_once(r#"{"token":""#) {
                token = rest.trim_end_matches("\"}").to_owned();
            }
            if !matches(&printed, &expected) {
                wrong.push(format!("{}: {command}\n{printed}", block.place));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn finished_program_ends_in_order_on_sigterm() {
    let service = apps::start("service", &database("sigterm.db"));
    assert_eq!(
        curl::run("curl localhost:8080/livez", service.addr),
        r#"{"status":"alive"}"#
    );
    assert_eq!(service.terminate(), Some(0));
}

/// Returns the path of a database that does not exist yet.
fn database(name: &str) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    for suffix in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{suffix}", path.display()));
    }
    path.display().to_string()
}

/// Splits a block into commands and the expected output of each.
fn commands(block: &str) -> Vec<(String, String)> {
    let mut commands: Vec<(String, String)> = Vec::new();
    let mut continues = false;
    for line in block.lines() {
        match (line.strip_prefix("$ "), commands.last_mut()) {
            (Some(command), _) => commands.push((command.to_owned(), String::new())),
            (None, Some((command, _))) if continues => *command += &format!("\n{line}"),
            (None, Some((_, printed))) => *printed += &format!("{line}\n"),
            (None, None) => panic!("a block of commands begins with `$ `: {block}"),
        }
        continues = line.ends_with('\\');
    }
    commands
}

/// Returns whether the output matches the one on the page, in which `...` is any text.
fn matches(printed: &str, expected: &str) -> bool {
    let (mut rest, expected) = (printed.trim_end(), expected.trim_end());
    let mut parts = expected.split("...");
    let first = parts.next().unwrap_or_default();
    let Some(after) = rest.strip_prefix(first) else {
        return false;
    };
    rest = after;
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some(at) = rest.find(part) else {
            return false;
        };
        rest = &rest[at + part.len()..];
    }
    true
}
