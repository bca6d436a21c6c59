//! `openapi --check`: what has changed since a document was written, and what the changes break.

use std::fmt::Write as _;

use serde_json::Value;

use super::{Output, wide};
use crate::{
    Spec,
    compare::{Change, compare},
};

/// Compares the document with the text of a file.
///
/// The check fails if the file is not up to date, so that each change of the API is seen in a review.
pub(super) fn check(spec: &Spec, file: &str, old: &str) -> Output {
    let Ok(old_document) = serde_json::from_str::<Value>(old) else {
        return Output::failed(format!("`{file}` is not a document in JSON\n"));
    };
    if old == spec.json() {
        return Output::done(format!("`{file}` is up to date\n"));
    }
    let new_document = spec.value();
    let changes = compare(&old_document, &new_document);
    let mut text = String::new();
    for change in &changes {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "{}", line(spec, change));
    }
    text.extend(wide::notes(&new_document));
    let breaking = changes.iter().filter(|change| change.kind.is_breaking());
    let summary = match breaking.count() {
        0 => "no change breaks a client".to_owned(),
        1 => "1 change breaks clients".to_owned(),
        count => format!("{count} changes break clients"),
    };
    let _ = writeln!(text, "`{file}` is not up to date: {summary}");
    let _ = writeln!(text, "to accept the changes: openapi --write {file}");
    Output::failed(text)
}

/// Returns a change with its rule and the source of its route.
pub(crate) fn line(spec: &Spec, change: &Change) -> String {
    let operation = format!("{} {}", change.method, change.path);
    let source = spec.source(&operation);
    let source = source.map(|source| format!(" ({source})"));
    format!("{change}{}", source.unwrap_or_default())
}
