//! The messages about invalid input. All inputs share them, so that clients see one style.

use std::borrow::Cow;

use http::StatusCode;

use super::{
    error::{Fault, PairError},
    expected::{Expected, describe_expected},
    pairs::{BadPair, Pairs},
};
use crate::{
    decode::plain_text::{truncated, without_type_names},
    response::{FieldError, Rejection},
};

/// The source of pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PairSource {
    Query,
    Form,
}

impl PairSource {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Form => "form",
        }
    }

    fn subject(self, key: &str) -> String {
        match self {
            Self::Query => format!("the query parameter `{}`", truncated(key)),
            Self::Form => format!("the form field `{}`", truncated(key)),
        }
    }

    fn place(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Form => "body",
        }
    }
}

/// Creates the rejection of a query or a form.
pub(crate) fn pair_rejection(
    error: &PairError,
    pairs: &Pairs<'_>,
    source: PairSource,
    status: StatusCode,
) -> Rejection {
    let pair = error.pair().and_then(|idx| pairs.get(idx));
    let (key, got) = pair.map_or(("", None), |pair| (&*pair.key, Some(&*pair.value)));
    let times = error.pair().map_or(2, |idx| pairs.count_from(idx));
    let error = describe_pair(error.fault(), key, got, times, pairs);
    if error.name.is_empty() {
        let detail = format!("the {} cannot be read: {}", source.name(), error.detail);
        return Rejection::new(status, detail);
    }
    let detail = sentence(&source.subject(&error.name), &error);
    let error = FieldError {
        place: source.place(),
        ..error.field
    };
    Rejection::new(status, detail).with_input(error)
}

/// Returns a sentence about an input.
pub(crate) fn sentence(subject: &str, error: &InputError) -> String {
    match &error.phrase[..] {
        "" => format!("{subject} {}", error.detail),
        phrase => format!("{subject} must be {phrase}, not {}", error.shown),
    }
}

/// An error of an input, for the list of errors and for the sentence.
pub(crate) struct InputError {
    pub(crate) field: FieldError,
    pub(crate) name: String,
    /// The expected value, in the sentence.
    pub(crate) phrase: String,
    /// The received value, in the sentence.
    pub(crate) shown: String,
    /// The description of an error that is not a mismatch.
    pub(crate) detail: String,
}

impl InputError {
    /// Creates the error of a value that does not match the expected type.
    pub(crate) fn mismatch(name: &str, expected: Expected, got: &str, shown: String) -> Self {
        let mut error = Self::with_detail(name, String::new());
        error.field.detail = format!("must be {}, not {shown}", expected.phrase).into();
        error.field.expected = expected.name.into();
        truncated(got).clone_into(&mut error.field.got);
        (error.phrase, error.shown) = (expected.phrase, shown);
        error
    }

    /// Creates an error of another kind. `detail` follows the name of the input in the sentence.
    pub(crate) fn with_detail(name: &str, detail: String) -> Self {
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

fn describe_pair(
    fault: &Fault,
    key: &str,
    value: Option<&str>,
    times: usize,
    pairs: &Pairs<'_>,
) -> InputError {
    match fault {
        Fault::Mismatch { expected, got } => {
            let got = value.unwrap_or(got);
            let shown = match got {
                "" => "empty".to_owned(),
                _ => format!("`{}`", truncated(got)),
            };
            let mut expected = describe_expected(expected, got);
            if key.is_empty() {
                let detail = format!("a value must be {}, not {shown}", expected.phrase);
                return InputError::with_detail(key, detail);
            }
            if expected.name == "object" {
                expected.phrase = "an object, which a single value cannot be".to_owned();
            }
            InputError::mismatch(key, expected, got, shown)
        }
        Fault::SeveralValues { .. } if key.is_empty() => InputError::with_detail(
            key,
            "a value is given several times, and one is expected".to_owned(),
        ),
        Fault::SeveralValues { .. } => InputError::with_detail(
            key,
            format!("is given {times} times, and one value is expected"),
        ),
        Fault::MissingField(name) => {
            let bracket = format!("{name}[");
            let has_brackets = pairs.iter().any(|pair| pair.key.starts_with(&bracket));
            let hint = match has_brackets {
                true => ": brackets in a key have no meaning",
                false => "",
            };
            InputError::with_detail(name, format!("is missing{hint}"))
        }
        _ => describe(fault, key, value),
    }
}

/// Describes a fault that has the same message in pairs and in bodies.
pub(crate) fn describe(fault: &Fault, name: &str, value: Option<&str>) -> InputError {
    match fault {
        Fault::UnknownField { name, known } if known.is_empty() => {
            InputError::with_detail(name, "is not expected".to_owned())
        }
        Fault::UnknownField { name, known } => {
            InputError::with_detail(name, format!("is not expected; write {}", one_of(known)))
        }
        Fault::UnknownVariant { got, known } => {
            let known = one_of(known);
            let expected = Expected {
                name: known.clone(),
                phrase: known,
            };
            let got = value.unwrap_or(got);
            InputError::mismatch(name, expected, got, format!("`{}`", truncated(got)))
        }
        Fault::DuplicateField(name) => InputError::with_detail(name, "is given twice".to_owned()),
        Fault::MissingField(name) => InputError::with_detail(name, "is missing".to_owned()),
        Fault::NoVariantMatches => {
            InputError::with_detail(name, "matches none of the expected variants".to_owned())
        }
        Fault::Custom(text) => {
            let reason = without_type_names(text);
            let reason = match is_std_message(&reason) {
                true => String::new(),
                false => format!(": {reason}"),
            };
            let cannot = match value {
                Some("") => "cannot be empty".to_owned(),
                Some(value) => format!("cannot be `{}`", truncated(value)),
                None => "is not valid".to_owned(),
            };
            match name {
                "" => InputError::with_detail(name, reason.trim_start_matches(": ").to_owned()),
                _ => InputError::with_detail(name, format!("{cannot}{reason}")),
            }
        }
        Fault::Mismatch { expected, got } => {
            let expected = describe_expected(expected, got);
            InputError::mismatch(name, expected, got, format!("`{}`", truncated(got)))
        }
        Fault::SeveralValues { .. } => {
            InputError::with_detail(name, "is a list, and one value is expected".to_owned())
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

/// Creates the rejection of a pair that is not valid percent-encoded UTF-8.
pub(crate) fn encoding_rejection(bad: &BadPair, source: PairSource) -> Rejection {
    let (subject, name) = (source.subject(&bad.key), bad.key.clone().into());
    encoding_rejection_of(&subject, source.place(), name, &bad.text)
}

/// Creates the rejection of a path parameter that is not valid percent-encoded UTF-8.
#[cold]
pub(crate) fn bad_param_encoding(name: &'static str, got: &str) -> Rejection {
    let subject = format!("the path parameter `{name}`");
    encoding_rejection_of(&subject, "path", name.into(), got)
}

fn encoding_rejection_of(
    subject: &str,
    place: &'static str,
    name: Cow<'static, str>,
    got: &str,
) -> Rejection {
    let what = format!("is not valid percent-encoded UTF-8: `{}`", truncated(got));
    let detail = format!("{subject} {what}");
    Rejection::new(StatusCode::BAD_REQUEST, detail).with_fault(place, name, what)
}

/// Creates the rejection of a path parameter. `expected` is the name of its type, or `""`.
pub(crate) fn param_rejection(name: &'static str, expected: &str, got: &str) -> Rejection {
    let subject = format!("the path parameter `{name}`");
    let shown = format!("`{}`", truncated(got));
    let error = match expected {
        "" => {
            let mut error = InputError::with_detail(name, format!("cannot be {shown}"));
            truncated(got).clone_into(&mut error.field.got);
            error
        }
        _ => InputError::mismatch(name, describe_expected(expected, got), got, shown),
    };
    let detail = sentence(&subject, &error);
    Rejection::new(StatusCode::BAD_REQUEST, detail).with_input(FieldError {
        place: "path",
        name: name.into(),
        ..error.field
    })
}

/// The messages of the standard library for texts that it cannot parse.
///
/// They are omitted, because they add nothing to the messages of this module.
const STD_MESSAGES: [&str; 12] = [
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

fn is_std_message(text: &str) -> bool {
    STD_MESSAGES.contains(&text)
}
