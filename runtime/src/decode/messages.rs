//! The one voice in which a client is told what is wrong with its input.

use std::borrow::Cow;

use http::StatusCode;

use super::{
    error::{What, Wrong},
    pairs::{BadPair, Pairs},
};
use crate::{
    decode::location::plain,
    response::{FieldError, Rejection},
};

/// What pairs come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Input {
    Query,
    Form,
}

impl Input {
    pub(crate) fn whole(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Form => "form",
        }
    }

    fn subject(self, key: &str) -> String {
        match self {
            Self::Query => format!("the query parameter `{}`", short(key)),
            Self::Form => format!("the form field `{}`", short(key)),
        }
    }

    fn place(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Form => "body",
        }
    }
}

/// What should have come.
#[derive(Debug, PartialEq)]
pub(crate) struct Expected {
    /// By its name, as errors have it: `u8`.
    pub(crate) name: String,
    /// In a sentence: a `u8`, 0 to 255.
    pub(crate) phrase: String,
}

/// Makes the rejection of a query or a form.
pub(crate) fn pair(
    wrong: &Wrong,
    pairs: &Pairs<'_>,
    input: Input,
    status: StatusCode,
) -> Rejection {
    let pair = wrong.at().and_then(|idx| pairs.get(idx));
    let (key, got) = pair.map_or(("", None), |pair| (&*pair.key, Some(&*pair.value)));
    let times = wrong.at().map_or(2, |idx| pairs.count_from(idx));
    let error = told(wrong.what(), key, got, times, pairs);
    if error.name.is_empty() {
        let detail = format!("the {} cannot be read: {}", input.whole(), error.detail);
        return Rejection::new(status, detail);
    }
    let detail = sentence(&input.subject(&error.name), &error);
    let error = FieldError {
        place: input.place(),
        ..error.field
    };
    Rejection::new(status, detail).with_input(error)
}

/// Returns one sentence about an input.
pub(crate) fn sentence(subject: &str, told: &InputError) -> String {
    match &told.phrase[..] {
        "" => format!("{subject} {}", told.detail),
        phrase => format!("{subject} must be {phrase}, not {}", told.shown),
    }
}

/// What is wrong with an input, for the list of errors and for the sentence.
pub(crate) struct InputError {
    pub(crate) field: FieldError,
    pub(crate) name: String,
    /// What is expected, in the sentence.
    pub(crate) phrase: String,
    /// What came, in the sentence.
    pub(crate) shown: String,
    /// What is wrong, where that is not another type.
    pub(crate) detail: String,
}

impl InputError {
    /// Tells of a value that should have been another.
    pub(crate) fn other(name: &str, expected: Expected, got: &str, shown: String) -> Self {
        let mut told = Self::fault(name, String::new());
        told.field.expected = expected.name.into();
        short(got).clone_into(&mut told.field.got);
        (told.phrase, told.shown) = (expected.phrase, shown);
        told
    }

    /// Tells of anything else; the words follow the input's name.
    pub(crate) fn fault(name: &str, detail: String) -> Self {
        Self {
            field: FieldError {
                place: "body",
                name: name.to_owned().into(),
                expected: "".into(),
                got: String::new(),
                detail: detail.clone().into(),
            },
            name: name.to_owned(),
            phrase: String::new(),
            shown: String::new(),
            detail,
        }
    }
}

fn told(
    what: &What,
    key: &str,
    value: Option<&str>,
    times: usize,
    pairs: &Pairs<'_>,
) -> InputError {
    match what {
        What::Other { expected, got } => {
            let got = value.unwrap_or(got);
            let shown = match got {
                "" => "empty".to_owned(),
                _ => format!("`{}`", short(got)),
            };
            let mut expected = self::expected(expected, got);
            if key.is_empty() {
                let detail = format!("a value must be {}, not {shown}", expected.phrase);
                return InputError::fault(key, detail);
            }
            if expected.name == "object" {
                expected.phrase = "an object, which a single value cannot be".to_owned();
            }
            InputError::other(key, expected, got, shown)
        }
        What::Several { .. } if key.is_empty() => InputError::fault(
            key,
            "a value is given several times, and one is expected".to_owned(),
        ),
        What::Several { .. } => InputError::fault(
            key,
            format!("is given {times} times, and one value is expected"),
        ),
        What::Missing(name) => {
            let bracket = format!("{name}[");
            let has_brackets = pairs.iter().any(|pair| pair.key.starts_with(&bracket));
            let hint = match has_brackets {
                true => ": brackets in a key have no meaning",
                false => "",
            };
            InputError::fault(name, format!("is missing{hint}"))
        }
        _ => about(what, key, value),
    }
}

/// Tells what is the same in pairs and in bodies.
pub(crate) fn about(what: &What, name: &str, value: Option<&str>) -> InputError {
    match what {
        What::Field { name, known } if known.is_empty() => {
            InputError::fault(name, "is not expected".to_owned())
        }
        What::Field { name, known } => {
            InputError::fault(name, format!("is not expected; write {}", one_of(known)))
        }
        What::Variant { got, known } => {
            let known = one_of(known);
            let expected = Expected {
                name: known.clone(),
                phrase: known,
            };
            let got = value.unwrap_or(got);
            InputError::other(name, expected, got, format!("`{}`", short(got)))
        }
        What::Twice(name) => InputError::fault(name, "is given twice".to_owned()),
        What::Missing(name) => InputError::fault(name, "is missing".to_owned()),
        What::NoneFits => {
            InputError::fault(name, "fits none of the forms that are expected".to_owned())
        }
        What::Custom(text) => {
            let reason = plain(text);
            let reason = match is_known(&reason) {
                true => String::new(),
                false => format!(": {reason}"),
            };
            let cannot = match value {
                Some("") => "cannot be empty".to_owned(),
                Some(value) => format!("cannot be `{}`", short(value)),
                None => "is not valid".to_owned(),
            };
            match name {
                "" => InputError::fault(name, reason.trim_start_matches(": ").to_owned()),
                _ => InputError::fault(name, format!("{cannot}{reason}")),
            }
        }
        What::Other { expected, got } => {
            let expected = self::expected(expected, got);
            InputError::other(name, expected, got, format!("`{}`", short(got)))
        }
        What::Several { .. } => {
            InputError::fault(name, "is a list, and one value is expected".to_owned())
        }
    }
}

fn one_of(known: &[String]) -> String {
    match known {
        [] => "nothing".to_owned(),
        [one] => format!("`{one}`"),
        _ => format!("one of `{}`", known.join("`, `")),
    }
}

/// Makes the rejection of a pair that is not well encoded.
pub(crate) fn bad_encoding(bad: &BadPair, input: Input) -> Rejection {
    let (subject, name) = (input.subject(&bad.key), bad.key.clone().into());
    not_encoded(&subject, input.place(), name, &bad.text)
}

/// Makes the rejection of a parameter of the path that is not well encoded.
#[cold]
pub(crate) fn bad_param_encoding(name: &'static str, got: &str) -> Rejection {
    let subject = format!("the path parameter `{name}`");
    not_encoded(&subject, "path", name.into(), got)
}

fn not_encoded(
    subject: &str,
    place: &'static str,
    name: Cow<'static, str>,
    got: &str,
) -> Rejection {
    let what = format!("is not valid percent-encoded UTF-8: `{}`", short(got));
    let detail = format!("{subject} {what}");
    Rejection::new(StatusCode::BAD_REQUEST, detail).with_fault(place, name, what)
}

/// Makes the rejection of a parameter of the path; `expected` is the name of a type, or empty.
pub(crate) fn param(name: &'static str, expected: &str, got: &str) -> Rejection {
    let subject = format!("the path parameter `{name}`");
    let shown = format!("`{}`", short(got));
    let told = match expected {
        "" => {
            let mut told = InputError::fault(name, format!("cannot be {shown}"));
            short(got).clone_into(&mut told.field.got);
            told
        }
        _ => InputError::other(name, self::expected(expected, got), got, shown),
    };
    let detail = sentence(&subject, &told);
    Rejection::new(StatusCode::BAD_REQUEST, detail).with_input(FieldError {
        place: "path",
        name: name.into(),
        ..told.field
    })
}

/// The numbers that are told with their range.
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

/// Puts into our words what serde, or a parameter's type, expects.
pub(crate) fn expected(text: &str, got: &str) -> Expected {
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
        _ => return of_words(text),
    };
    Expected {
        name: name.to_owned(),
        phrase,
    }
}

/// Puts a list of a length, and whatever a type says itself, into words.
fn of_words(text: &str) -> Expected {
    let count = text.split(' ').find_map(|word| word.parse::<usize>().ok());
    let phrase = match count {
        _ if !is_list(text) => plain(text),
        Some(count) => format!("a list of {count}"),
        None => "a list".to_owned(),
    };
    Expected {
        name: phrase.clone(),
        phrase,
    }
}

/// Returns whether it is the name of a type of the standard library, which a client may read.
fn is_type(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.chars().all(|c| c.is_ascii_alphanumeric())
}

fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns whether serde expects a list.
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

/// The words of the standard library for texts that it cannot read: they name no input and no reason
/// that ours do not.
const KNOWN: [&str; 12] = [
    "invalid digit found in string",
    "cannot parse integer from empty string",
    "number too large to fit in target type",
    "number too small to fit in target type",
    "number would be zero for non-zero type",
    "invalid float literal",
    "cannot parse float from empty string",
    "provided string was not `true` or `false`",
    "cannot parse char from empty string",
    "too many characters in string",
    "invalid IP address syntax",
    "invalid socket address syntax",
];

fn is_known(text: &str) -> bool {
    KNOWN.contains(&text)
}

/// Returns at most so much of a text that a client sent.
pub(crate) fn short(text: &str) -> &str {
    match text.char_indices().nth(100) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}
