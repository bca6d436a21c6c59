//! Makes texts of clients and of serde fit for a message.

/// Removes the names of Rust types from a message of serde, because clients must not see them.
pub(crate) fn without_type_names(text: &str) -> String {
    let mut words: Vec<&str> = Vec::new();
    let mut rest = text.split(' ').peekable();
    while let Some(word) = rest.next() {
        let instead = match word {
            "struct" if words.last() == Some(&"unit") => "nothing",
            "struct" if words.last() == Some(&"tuple") => "a list",
            "struct" if words.last() == Some(&"newtype") => "a value",
            "struct" => "an object",
            "enum" => "one of its variants",
            "variant" if rest.peek().is_some_and(|name| name.contains("::")) => "a variant",
            _ => {
                words.push(word);
                continue;
            }
        };
        if matches!(
            words.last(),
            Some(&("unit" | "tuple" | "newtype" | "struct"))
        ) {
            words.pop();
        }
        words.push(instead);
        // Skips the name, but keeps punctuation that follows it.
        let name = rest.next().unwrap_or_default();
        let end = name.find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | ':' | '<' | '>'));
        if let Some(end) = end {
            words.push(&name[end..]);
        }
    }
    words.join(" ").replace(" ,", ",")
}

/// Returns at most the first 100 characters of a text that a client sent.
pub(crate) fn truncated(text: &str) -> &str {
    match text.char_indices().nth(100) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::without_type_names;

    #[test]
    fn names_of_types_are_left_out() {
        for (text, expected) in [
            (
                "invalid type: integer `7`, expected struct Order",
                "invalid type: integer `7`, expected an object",
            ),
            (
                "invalid type: map, expected struct Order with 2 elements at line 1",
                "invalid type: map, expected an object with 2 elements at line 1",
            ),
            (
                "expected tuple struct Point, found x",
                "expected a list, found x",
            ),
            ("expected unit struct Empty", "expected nothing"),
            ("expected enum Kind", "expected one of its variants"),
            (
                "expected tuple variant Kind::Pair at line 1",
                "expected a variant at line 1",
            ),
            ("missing field `struct`", "missing field `struct`"),
            (
                "unknown variant `x`, expected `a` or `b`",
                "unknown variant `x`, expected `a` or `b`",
            ),
            ("expected u8", "expected u8"),
        ] {
            assert_eq!(without_type_names(text), expected);
        }
    }
}
