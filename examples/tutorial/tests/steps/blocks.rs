//! The blocks of a page.

use std::{fs, path::Path};

/// A block of code or commands.
pub(crate) struct Block {
    /// The page, and the line on which the block begins, for messages.
    pub(crate) place: String,
    /// The language after the fence.
    pub(crate) language: String,
    /// The comment on the line before the fence, or an empty text.
    pub(crate) marker: String,
    pub(crate) text: String,
}

/// Reads the blocks of a page.
pub(crate) fn read(page: &str) -> Vec<Block> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(page);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{page}: {error}"));
    let mut blocks = Vec::new();
    let mut before = "";
    let mut lines = text.lines().enumerate();
    while let Some((idx, line)) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let body = lines.by_ref().map(|(_, line)| line);
            let body: Vec<_> = body.take_while(|line| *line != "```").collect();
            let marker = before.strip_prefix("<!-- ");
            blocks.push(Block {
                place: format!("{page}:{}", idx + 1),
                language: language.to_owned(),
                marker: marker
                    .map_or("", |rest| rest.trim_end_matches(" -->"))
                    .to_owned(),
                text: body.join("\n"),
            });
        }
        before = line;
    }
    blocks
}
