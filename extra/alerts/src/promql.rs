//! Parts of PromQL expressions.

/// Returns text as a string of PromQL.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            '\n' => out.push_str("\\n"),
            _ => out.push(letter),
        }
    }
    out.push('"');
    out
}

/// Returns a regular expression that matches one of the texts and nothing else, as a string of PromQL.
pub(crate) fn one_of<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let escaped = texts.into_iter().map(|text| {
        let mut out = String::new();
        for letter in text.chars() {
            if r"\.+*?()|[]{}^$".contains(letter) {
                out.push('\\');
            }
            out.push(letter);
        }
        out
    });
    quoted(&escaped.collect::<Vec<_>>().join("|"))
}

/// Returns a share in millionths as a decimal number: 50,000 is `0.05`.
pub(crate) fn decimal(millionths: u64) -> String {
    let (whole, rest) = (millionths / 1_000_000, millionths % 1_000_000);
    let text = format!("{whole}.{rest:06}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Returns a share in millionths in percent.
pub(crate) fn percent(millionths: u64) -> String {
    format!("{} %", decimal(millionths * 100))
}

/// Returns a duration in microseconds as the label of a bucket, in seconds. A whole number has a fraction.
pub(crate) fn bound(micros: u64) -> String {
    let text = decimal(micros);
    match text.contains('.') {
        true => text,
        false => text + ".0",
    }
}

/// Returns a duration in microseconds as it is written for a reader.
pub(crate) fn duration(micros: u64) -> String {
    match micros {
        _ if micros.is_multiple_of(1_000_000) => format!("{} s", micros / 1_000_000),
        _ if micros.is_multiple_of(1000) => format!("{} ms", micros / 1000),
        _ => format!("{micros} µs"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_as_promql_requires() {
        assert_eq!(quoted(r#"/a"b\c"#), r#""/a\"b\\c""#);
        assert_eq!(one_of(["/a/{id}", "/v1.0"]), r#""/a/\\{id\\}|/v1\\.0""#);
    }

    #[test]
    fn numbers_are_exact() {
        for (millionths, expected) in [
            (50_000, "0.05"),
            (1, "0.000001"),
            (1_000_000, "1"),
            (0, "0"),
        ] {
            assert_eq!(decimal(millionths), expected);
        }
        assert_eq!(percent(1_000), "0.1 %");
        assert_eq!(
            (bound(500_000), bound(30_000_000)),
            ("0.5".to_owned(), "30.0".to_owned())
        );
        assert_eq!(
            (duration(2_000_000), duration(1_500_000), duration(7)),
            ("2 s".to_owned(), "1500 ms".to_owned(), "7 µs".to_owned())
        );
    }
}
