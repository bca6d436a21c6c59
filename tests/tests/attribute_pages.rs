//! The messages in `macros/docs/attributes` are those of the compiler, as the UI tests record them.

use std::{
    fs,
    path::{Path, PathBuf},
};

#[test]
fn pages_quote_the_compiler() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut recorded = Vec::new();
    read_all(&tests.join("ui"), "stderr", &mut recorded);
    let mut pages = Vec::new();
    read_all(&tests.join("../macros/docs/attributes"), "md", &mut pages);
    let is_recorded = |message: &&str| {
        let mut texts = recorded.iter();
        texts.any(|(_, text)| message.split(" .. ").all(|part| text.contains(part)))
    };
    for (path, page) in &pages {
        let messages = messages(page);
        assert!(!messages.is_empty(), "{} shows no mistake", path.display());
        let wrong: Vec<_> = messages
            .into_iter()
            .filter(|text| !is_recorded(text))
            .collect();
        assert!(wrong.is_empty(), "{}: {wrong:#?}", path.display());
    }
}

/// Reads the files of a folder and of the folders in it that have this extension.
fn read_all(folder: &Path, extension: &str, files: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_all(&path, extension, files);
        } else if path.extension().is_some_and(|found| found == extension) {
            let text = fs::read_to_string(&path).unwrap();
            files.push((path, text));
        }
    }
}

/// Returns the messages in the table of mistakes; ` .. ` in a message replaces a part of it.
fn messages(page: &str) -> Vec<&str> {
    let (_, table) = page
        .split_once("| Mistake | Message |\n|---|---|\n")
        .unwrap_or_default();
    let rows = table.lines().take_while(|line| line.starts_with('|'));
    let cells = rows.map(|row| row.trim_end_matches(" |").split_once(" | ").unwrap().1);
    cells.map(code).collect()
}

/// Returns the text of a code span between any number of backticks.
fn code(span: &str) -> &str {
    let n_ticks = span.len() - span.trim_start_matches('`').len();
    let text = &span[n_ticks..span.len() - n_ticks];
    let is_padded = text.starts_with(" `") || text.ends_with("` ");
    if is_padded { text.trim() } else { text }
}
