//! serde's words for what is wrong, read back: the errors of formats are closed, and only say a sentence.

use super::What;

/// Reads the sentence.
pub(crate) fn read(text: &str) -> What {
    let text = without_position(text);
    let other = ["invalid type: ", "invalid value: "]
        .iter()
        .find_map(|start| text.strip_prefix(start));
    if let Some((got, expected)) = other.and_then(split_expected) {
        return What::Other {
            expected: expected.to_owned(),
            got: got.to_owned(),
        };
    }
    if let Some(rest) = text.strip_prefix("invalid length ")
        && let Some((count, expected)) = rest.split_once(", expected ")
    {
        return What::Other {
            expected: expected.to_owned(),
            got: format!("length {count}"),
        };
    }
    if let Some((got, known)) = named(text, "unknown variant ") {
        return What::Variant { got, known };
    }
    if let Some((name, known)) = named(text, "unknown field ") {
        return What::Field { name, known };
    }
    if let Some((name, _)) = named(text, "missing field ") {
        return What::Missing(name);
    }
    if let Some((name, _)) = named(text, "duplicate field ") {
        return What::Twice(name);
    }
    match text.starts_with("data did not match any variant of untagged enum") {
        true => What::NoneFits,
        false => What::Custom(text.to_owned()),
    }
}

/// Removes ` at line 1 column 9`.
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

/// Splits `string "a, expected b", expected u8` where it is meant.
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

/// Reads a name in backquotes, and the names behind it.
fn named(text: &str, start: &str) -> Option<(String, Vec<String>)> {
    let rest = text.strip_prefix(start)?.strip_prefix('`')?;
    let end = ["`, expected ", "`, there are no "]
        .iter()
        .filter_map(|end| rest.rfind(end))
        .max()
        .or_else(|| rest.strip_suffix('`').map(str::len))?;
    let known = rest[end + 1..].split('`').skip(1).step_by(2);
    Some((rest[..end].to_owned(), known.map(str::to_owned).collect()))
}

/// Returns what came, as text, and as it stands in a sentence.
pub(crate) fn shown(got: &str) -> (String, String) {
    let whole = |text: &str| (text.to_owned(), text.to_owned());
    let code = |text: &str| {
        let text = crate::decode::messages::short(text);
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
    fn sentences_of_serde_are_read() {
        let other = |expected: &str, got: &str| What::Other {
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
                What::Variant {
                    got: "x".to_owned(),
                    known: known(&["a", "b"]),
                },
            ),
            (
                "unknown field `x`, expected one of `a`, `b`, `c`",
                What::Field {
                    name: "x".to_owned(),
                    known: known(&["a", "b", "c"]),
                },
            ),
            (
                "unknown field `x`, there are no fields",
                What::Field {
                    name: "x".to_owned(),
                    known: Vec::new(),
                },
            ),
            (
                "missing field `x` at line 1 column 2",
                What::Missing("x".to_owned()),
            ),
            ("duplicate field `x`", What::Twice("x".to_owned())),
            (
                "data did not match any variant of untagged enum Id",
                What::NoneFits,
            ),
            (
                "a colour, at line 1 of the sheet",
                What::Custom("a colour, at line 1 of the sheet".to_owned()),
            ),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
