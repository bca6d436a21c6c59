//! Doc comments as texts of a document.

/// Splits a doc comment into its first sentence, without the point, and the rest.
pub(crate) fn split(doc: &str) -> (String, String) {
    let (first, rest) = doc.split_once("\n\n").unwrap_or((doc, ""));
    let words: Vec<_> = first.split_whitespace().collect();
    let first = words.join(" ");
    let (summary, more) = first.split_at(sentence_end(&first));
    let parts = [more.trim(), rest.trim()];
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    (
        without_links(summary.trim_end_matches('.')),
        without_links(&parts.join("\n\n")),
    )
}

/// Returns the end of the first sentence: a point before a space and a capital letter or code.
fn sentence_end(text: &str) -> usize {
    let mut ends = text.match_indices(". ").map(|(at, _)| at + 1);
    let is_end = |at: &usize| {
        let (before, after) = text.split_at(*at);
        let is_abbreviation = before.ends_with("e.g.") || before.ends_with("i.e.");
        let next = after.trim_start().chars().next();
        !is_abbreviation && next.is_some_and(|next| next.is_uppercase() || next == '`')
    };
    ends.find(is_end).unwrap_or(text.len())
}

/// Replaces links of rustdoc, whose targets a document does not have: [`Order`] is `Order`.
pub(crate) fn without_links(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("[`") {
        let (before, link) = rest.split_at(start);
        out.push_str(before);
        match label(link) {
            Some((label, after)) => {
                out.push_str(label);
                rest = after;
            }
            None => {
                out.push_str("[`");
                rest = &link[2..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// Returns the label of a link to an item, with its code marks, and the text behind the link.
fn label(link: &str) -> Option<(&str, &str)> {
    let (inner, after) = link[2..].split_once("`]")?;
    if inner.contains(['\n', '`']) {
        return None;
    }
    let label = &link[1..inner.len() + 3];
    let target = match after.chars().next() {
        Some('(') => after[1..].split_once(')')?,
        Some('[') => after[1..].split_once(']')?,
        _ => return Some((label, after)),
    };
    let is_address = target.0.contains("://") || target.0.starts_with(['/', '#', '.']);
    (!is_address).then_some((label, target.1))
}

#[cfg(test)]
mod tests {
    use super::{split, without_links};

    #[test]
    fn a_summary_is_the_first_sentence() {
        for (doc, summary, description) in [
            ("Shows a user.", "Shows a user", ""),
            ("Shows\na user.\n\nAnd more.", "Shows a user", "And more."),
            (
                "Lists all. `?done` selects.\n\nMore.",
                "Lists all",
                "`?done` selects.\n\nMore.",
            ),
            (
                "Uses e.g. Redis. It is fast.",
                "Uses e.g. Redis",
                "It is fast.",
            ),
            ("Is version 1.5 of it.", "Is version 1.5 of it", ""),
            ("", "", ""),
        ] {
            let expected = (summary.to_owned(), description.to_owned());
            assert_eq!(split(doc), expected, "{doc}");
        }
    }

    #[test]
    fn links_to_items_are_code() {
        for (text, expected) in [
            ("The body of [`update`].", "The body of `update`."),
            ("[`a`](crate::a) and [`b`][c]", "`a` and `b`"),
            (
                "[`a`](https://a.example) [b](c)",
                "[`a`](https://a.example) [b](c)",
            ),
            ("[`a` is open", "[`a` is open"),
            ("`[` and [`", "`[` and [`"),
            ("ü[`é`]ö", "ü`é`ö"),
        ] {
            assert_eq!(without_links(text), expected);
        }
    }
}
