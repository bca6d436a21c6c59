//! Parses the error messages of serde. The error types of formats are opaque and provide only a message.

use super::Fault;

/// Parses an error message of serde into a fault.
pub(crate) fn parse(text: &str) -> Fault {
    let text = without_position(text);
    let other = ["invalid type: ", "invalid value: "]
        .iter()
        .find_map(|start| text.strip_prefix(start));
    if let Some((got, expected)) = other.and_then(split_expected) {
        return Fault::Mismatch {
            expected: expected.to_owned(),
            got: got.to_owned(),
        };
    }
    if let Some(rest) = text.strip_prefix("invalid length ")
        && let Some((count, expected)) = rest.split_once(", expected ")
    {
        return Fault::Mismatch {
            expected: expected.to_owned(),
            got: format!("length {count}"),
        };
    }
    if let Some((got, known)) = parse_names(text, "unknown variant ") {
        return Fault::UnknownVariant { got, known };
    }
    if let Some((name, known)) = parse_names(text, "unknown field ") {
        return Fault::UnknownField { name, known };
    }
    if let Some((name, _)) = parse_names(text, "missing field ") {
        return Fault::MissingField(name);
    }
    if let Some((name, _)) = parse_names(text, "duplicate field ") {
        return Fault::DuplicateField(name);
    }
    match text.starts_with("data did not match any variant of untagged enum") {
        true => Fault::NoVariantMatches,
        false => Fault::Custom(text.to_owned()),
    }
}

/// Removes a position at the end of a message, such as ` at line 1 column 9`.
pub(crate) fn without_position(text: &str) -> &str {
    match text.rfind(" at line ") {
        Some(end)
            if text[end + 9..]
                .split([' ', ','])
                .all(|word| word.is_empty() || word == "column" || word.parse::<u64>().is_ok()) =>
        {
            &text[..end]
        }
        _ => text,
    }
}

/// Splits at `, expected `, but not inside a quoted string: `string "a, expected b", expected u8`.
fn split_expected(text: &str) -> Option<(&str, &str)> {
    if let Some(quoted) = text.strip_prefix("string \"") {
        let mut is_escaped = false;
        let end = quoted.find(|c| {
            let is_end = c == '"' && !is_escaped;
            is_escaped = c == '\\' && !is_escaped;
            is_end
        })?;
        let end = "string \"".len() + end + 1;
        return Some((&text[..end], text[end..].strip_prefix(", expected ")?));
    }
    text.split_once(", expected ")
}

/// Parses a name in backquotes and the list of expected names after it.
fn parse_names(text: &str, start: &str) -> Option<(String, Vec<String>)> {
    let rest = text.strip_prefix(start)?.strip_prefix('`')?;
    let end = ["`, expected ", "`, there are no "]
        .iter()
        .filter_map(|end| rest.rfind(end))
        .max()
        .or_else(|| rest.strip_suffix('`').map(str::len))?;
    let known = rest[end + 1..].split('`').skip(1).step_by(2);
    Some((rest[..end].to_owned(), known.map(str::to_owned).collect()))
}

/// Returns the received value for the list of errors, and its phrase for a sentence.
pub(crate) fn displayed(got: &str) -> (String, String) {
    let whole = |text: &str| (text.to_owned(), text.to_owned());
    let code = |text: &str| {
        let text = crate::decode::plain_text::truncated(text);
        (text.to_owned(), format!("`{text}`"))
    };
    if let Some(text) = got.strip_prefix("string ") {
        return code(text);
    }
    if let Some(count) = got.strip_prefix("length ") {
        return (count.to_owned(), format!("a list of {count}"));
    }
    match got {
        "null" | "unit value" | "Option value" => ("null".to_owned(), "`null`".to_owned()),
        "sequence" => whole("a list"),
        "map" => whole("an object"),
        _ => match got.split_once('`') {
            Some((_, text)) => code(text.split('`').next().unwrap_or_default()),
            None => whole("another value"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_of_serde_are_parsed() {
        let other = |expected: &str, got: &str| Fault::Mismatch {
            expected: expected.to_owned(),
            got: got.to_owned(),
        };
        let known = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        for (text, expected) in [
            (
                "invalid type: integer `7`, expected a string at line 1 column 9",
                other("a string", "integer `7`"),
            ),
            (
                r#"invalid type: string "a\", expected b", expected u8"#,
                other("u8", r#"string "a\", expected b""#),
            ),
            (
                "invalid length 2, expected an array of length 3 at line 1 column 5",
                other("an array of length 3", "length 2"),
            ),
            (
                "unknown variant `x`, expected `a` or `b`",
                Fault::UnknownVariant {
                    got: "x".to_owned(),
                    known: known(&["a", "b"]),
                },
            ),
            (
                "unknown field `x`, expected one of `a`, `b`, `c`",
                Fault::UnknownField {
                    name: "x".to_owned(),
                    known: known(&["a", "b", "c"]),
                },
            ),
            (
                "unknown field `x`, there are no fields",
                Fault::UnknownField {
                    name: "x".to_owned(),
                    known: Vec::new(),
                },
            ),
            (
                "missing field `x` at line 1 column 2",
                Fault::MissingField("x".to_owned()),
            ),
            ("duplicate field `x`", Fault::DuplicateField("x".to_owned())),
            (
                "data did not match any variant of untagged enum Id",
                Fault::NoVariantMatches,
            ),
            (
                "a colour, at line 1 of the sheet",
                Fault::Custom("a colour, at line 1 of the sheet".to_owned()),
            ),
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
    }
}
