//! Descriptions of the value that a type expects.

use crate::decode::plain_text::without_type_names;

/// A description of the expected value.
#[derive(Debug, PartialEq)]
pub(crate) struct Expected {
    /// The name of the type in the list of errors, such as `u8`.
    pub(crate) name: String,
    /// The phrase in a sentence, such as ``a `u8`, 0 to 255``.
    pub(crate) phrase: String,
}

/// The integer types whose range is part of a message, with the range.
const RANGES: [(&str, &str, &str); 12] = [
    ("u8", "0", "255"),
    ("u16", "0", "65535"),
    ("u32", "0", "4294967295"),
    ("u64", "0", "18446744073709551615"),
    ("usize", "0", "18446744073709551615"),
    ("u128", "0", "340282366920938463463374607431768211455"),
    ("i8", "-128", "127"),
    ("i16", "-32768", "32767"),
    ("i32", "-2147483648", "2147483647"),
    ("i64", "-9223372036854775808", "9223372036854775807"),
    ("isize", "-9223372036854775808", "9223372036854775807"),
    (
        "i128",
        "-170141183460469231731687303715884105728",
        "170141183460469231731687303715884105727",
    ),
];

/// Describes the value that serde or the type of a parameter expects.
pub(crate) fn describe_expected(text: &str, got: &str) -> Expected {
    let nonzero = text
        .strip_prefix("a nonzero ")
        .map(str::to_owned)
        .or_else(|| text.strip_prefix("NonZero").map(str::to_lowercase));
    let name = nonzero.as_deref().unwrap_or(text);
    if let Some((name, low, high)) = RANGES.iter().find(|range| range.0 == name) {
        let article = if name.starts_with('i') { "an" } else { "a" };
        let zero = nonzero.map_or("", |_| " other than 0");
        let range = match is_integer(got) && !got.trim_start_matches(['+', '-', '0']).is_empty() {
            true => format!(", {low} to {high}"),
            false => String::new(),
        };
        return Expected {
            name: (*name).to_owned(),
            phrase: format!("{article} `{name}`{zero}{range}"),
        };
    }
    let (name, phrase) = match text {
        "a boolean" | "bool" => ("bool", "`true` or `false`".to_owned()),
        "f32" | "f64" => (text, format!("an `{text}`")),
        "a string" | "string" | "str" | "a borrowed string" => ("string", "a string".to_owned()),
        "a character" | "char" => ("char", "a single character".to_owned()),
        "unit" | "null" => ("nothing", "empty".to_owned()),
        "a sequence" => ("list", "a list".to_owned()),
        "a map" => ("object", "an object".to_owned()),
        _ if text.starts_with("struct ") => ("object", "an object".to_owned()),
        _ if is_type(text) => {
            let article = if text.starts_with(['A', 'E', 'I', 'O']) {
                "an"
            } else {
                "a"
            };
            (text, format!("{article} `{text}`"))
        }
        _ => return describe_words(text),
    };
    Expected {
        name: name.to_owned(),
        phrase,
    }
}

/// Describes a list of a certain length, or the expectation of a type with its own text.
fn describe_words(text: &str) -> Expected {
    let count = text.split(' ').find_map(|word| word.parse::<usize>().ok());
    let phrase = match count {
        _ if !is_list(text) => without_type_names(text),
        Some(count) => format!("a list of {count}"),
        None => "a list".to_owned(),
    };
    Expected {
        name: phrase.clone(),
        phrase,
    }
}

/// Returns whether the text is the name of a type of the standard library, which clients may see.
fn is_type(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.chars().all(|c| c.is_ascii_alphanumeric())
}

fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns whether the expectation of serde is a list.
pub(crate) fn is_list(expected: &str) -> bool {
    [
        "a sequence",
        "an array",
        "an empty array",
        "a tuple",
        "tuple ",
    ]
    .iter()
    .any(|start| expected.starts_with(start))
}
