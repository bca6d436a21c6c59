//! The answer to a path that no route has; in debug builds it says what may have been meant.

use http::StatusCode;

use crate::{context::Context, rejection::Rejection};

pub(super) fn missing(cx: &Context<'_>) -> Rejection {
    let mut detail = format!("no route matches `{}`", cx.path());
    if cfg!(debug_assertions)
        && let Some(path) = cx.suggestion()
    {
        detail.push_str(&format!("; did you mean `{path}`?"));
    }
    Rejection::new(StatusCode::NOT_FOUND, detail)
}

/// Returns the pattern that is nearest to the path, if one is near.
pub(crate) fn nearest(
    path: &str,
    patterns: impl Iterator<Item = &'static str>,
) -> Option<&'static str> {
    let near = patterns.map(|pattern| (distance(path, pattern), pattern));
    let (distance, pattern) = near.min_by_key(|(distance, _)| *distance)?;
    let most = 2 + path.len() / 8;
    (distance <= most).then_some(pattern)
}

/// Returns how far the path is from the pattern: what it costs to change each segment, where a
/// parameter fits anything.
fn distance(path: &str, pattern: &str) -> usize {
    let (mut path, mut pattern) = (path.split('/'), pattern.split('/'));
    let mut sum = 0;
    loop {
        sum += match (path.next(), pattern.next()) {
            (None, None) => return sum,
            (Some(_), Some(wanted)) if wanted.starts_with("{*") => return sum,
            (Some(part), Some(wanted)) if wanted.starts_with('{') => usize::from(part.is_empty()),
            (Some(part), Some(wanted)) => match edits(part, wanted) {
                // Nothing in common is no slip.
                all if all > 0 && all == part.len().max(wanted.len()) => 2 + all,
                some => some,
            },
            // A segment too many or too few is worse than any slip inside one.
            (Some(part), None) => 2 + part.len().min(8),
            (None, Some(wanted)) if wanted.starts_with('{') => 2,
            (None, Some(wanted)) => 2 + wanted.len().min(8),
        };
    }
}

/// Levenshtein's distance; both texts are cut at 64 bytes, since the path is the client's.
fn edits(a: &str, b: &str) -> usize {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let (a, b) = (&a[..a.len().min(64)], &b[..b.len().min(64)]);
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let same = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = same.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_patterns_are_suggested() {
        let patterns = ["/", "/users/{id}", "/users", "/ping", "/files/{*rest}"];
        for (path, expected) in [
            ("/user/42", Some("/users/{id}")),
            ("/usres", Some("/users")),
            ("/pong", Some("/ping")),
            ("/ping/", Some("/ping")),
            ("/file/a/b", Some("/files/{*rest}")),
            ("/ws", None),
            ("/entirely/other/things", None),
        ] {
            assert_eq!(nearest(path, patterns.into_iter()), expected, "{path}");
        }
    }
}
