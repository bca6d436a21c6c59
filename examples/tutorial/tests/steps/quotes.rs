//! Each block of code is part of a file of this package.

use std::{fs, path::Path};

use crate::{PAGES, blocks};

/// Languages whose blocks are files of this package.
const QUOTED: &[&str] = &["rust", "sql", "ini", "dockerfile", "nginx"];

/// The line that replaces lines of the file.
const GAP: &str = "// ...";

#[test]
fn pages_quote_the_files_of_the_package() {
    let blocks = PAGES.iter().flat_map(|page| blocks::read(page));
    let quotes = blocks.filter(|block| QUOTED.contains(&&*block.language));
    let wrong: Vec<_> = quotes
        .filter_map(|quote| {
            let wrong = fault(&quote.marker, &quote.text)?;
            Some(format!("{}: {wrong}", quote.place))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Returns the reason why a quote is not part of a file, if it is not.
fn fault(file: &str, quote: &str) -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let Ok(text) = fs::read_to_string(path) else {
        return Some(format!(
            "there is no file `{file}`: write `<!-- src/main.rs -->` before the block"
        ));
    };
    let mut rest = format!("\n{text}");
    for part in quote.split(GAP) {
        // Only whole lines are compared. The line that marks the gap is indented like the code around it.
        let part = part.trim_end_matches([' ', '\n']).trim_start_matches('\n');
        if part.is_empty() {
            continue;
        }
        let Some(at) = rest.find(&format!("\n{part}\n")) else {
            let line = first_difference(&rest, part);
            return Some(format!("`{file}` does not contain this line there: {line}"));
        };
        rest.drain(..at + part.len() + 1);
    }
    None
}

/// Returns the first line that the text does not contain after the lines before it.
fn first_difference<'t>(text: &str, part: &'t str) -> &'t str {
    let mut so_far = String::from("\n");
    let found = part.lines().find(|line| {
        so_far += line;
        so_far += "\n";
        !text.contains(&so_far)
    });
    found.unwrap_or(part)
}
