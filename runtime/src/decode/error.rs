//! What is wrong with pairs, before it is put into words.

use std::fmt::{self, Display};

use serde::de::{self, Expected, Unexpected};

use super::pairs::Pairs;
use crate::decode::error_log::{self, Refused};

/// A value that cannot be read.
#[derive(Debug)]
pub(crate) struct Wrong(Box<Inner>);

#[derive(Debug)]
struct Inner {
    what: What,
    /// The pair.
    at: Option<usize>,
    /// Where the refused text is in memory, and its length.
    text: Option<(usize, usize)>,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum What {
    /// Another type, or another value: serde's words for what was expected, and ours for what came.
    Other { expected: String, got: String },
    /// Several values where there should be one; serde's words for what was expected.
    Several { expected: String },
    /// A field that is not there.
    Missing(String),
    /// A field that is not known, and those that are.
    Field { name: String, known: Vec<String> },
    /// One of a few words, and those that are known.
    Variant { got: String, known: Vec<String> },
    /// A field that stands twice, by its own name and by another.
    Twice(String),
    /// No variant of an untagged enum fits.
    NoneFits,
    /// What the type itself says.
    Custom(String),
}

impl Wrong {
    fn new(what: What, text: Option<(usize, usize)>) -> Self {
        error_log::note(|| Refused {
            text,
            expected: match &what {
                What::Other { expected, .. } => expected.clone(),
                _ => String::new(),
            },
            custom: match &what {
                What::Custom(words) => Some(words.clone()),
                _ => None,
            },
        });
        Self(Box::new(Inner {
            what,
            at: None,
            text,
        }))
    }

    /// Makes the error of a text that is no value of this type.
    pub(crate) fn other(expected: &str, got: &str) -> Self {
        let what = What::Other {
            expected: expected.to_owned(),
            got: got.to_owned(),
        };
        Self::new(what, Some(place(got)))
    }

    /// Makes the error of several values in place of one.
    pub(crate) fn several(expected: &str) -> Self {
        let expected = expected.to_owned();
        Self::new(What::Several { expected }, None)
    }

    pub(crate) fn what(&self) -> &What {
        &self.0.what
    }

    /// Returns whether a value was refused that is no text.
    pub(crate) fn is_of_a_step(&self) -> bool {
        matches!(self.0.what, What::Other { .. }) && self.0.text.is_none()
    }

    pub(crate) fn at(&self) -> Option<usize> {
        self.0.at
    }

    /// Says which pair is wrong, unless that is known better.
    pub(crate) fn or_at(mut self, idx: usize) -> Self {
        self.0.at.get_or_insert(idx);
        self
    }

    /// Looks for the pair whose text was refused.
    pub(crate) fn at_its_pair(mut self, pairs: &Pairs<'_>) -> Self {
        let of_text = self.0.text.and_then(|text| pairs.of_text(text));
        self.0.at = of_text.or(self.0.at);
        self
    }
}

fn place(text: &str) -> (usize, usize) {
    (text.as_ptr() as usize, text.len())
}

fn strings(known: &'static [&'static str]) -> Vec<String> {
    known.iter().map(|name| (*name).to_owned()).collect()
}

impl de::Error for Wrong {
    fn custom<T: Display>(text: T) -> Self {
        let text = text.to_string();
        let what = match text.starts_with("data did not match any variant of untagged enum") {
            true => What::NoneFits,
            false => What::Custom(text),
        };
        Self::new(what, None)
    }

    fn invalid_type(got: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let expected = expected.to_string();
        let (got, text) = match got {
            Unexpected::Str(text) => (text.to_owned(), Some(place(text))),
            Unexpected::Seq => return Self::several(&expected),
            Unexpected::Unsigned(number) => (number.to_string(), None),
            Unexpected::Signed(number) => (number.to_string(), None),
            Unexpected::Float(number) => (number.to_string(), None),
            Unexpected::Bool(value) => (value.to_string(), None),
            Unexpected::Other(text) => (text.to_owned(), None),
            _ => (String::new(), None),
        };
        Self::new(What::Other { expected, got }, text)
    }

    fn invalid_value(got: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(got, expected)
    }

    fn invalid_length(count: usize, expected: &dyn Expected) -> Self {
        let what = What::Other {
            expected: expected.to_string(),
            got: count.to_string(),
        };
        Self::new(what, None)
    }

    fn unknown_variant(got: &str, known: &'static [&'static str]) -> Self {
        let what = What::Variant {
            got: got.to_owned(),
            known: strings(known),
        };
        Self::new(what, Some(place(got)))
    }

    fn unknown_field(name: &str, known: &'static [&'static str]) -> Self {
        let what = What::Field {
            name: name.to_owned(),
            known: strings(known),
        };
        Self::new(what, None)
    }

    fn missing_field(name: &'static str) -> Self {
        Self::new(What::Missing(name.to_owned()), None)
    }

    fn duplicate_field(name: &'static str) -> Self {
        Self::new(What::Twice(name.to_owned()), None)
    }
}

impl Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.what() {
            // What wraps an error, `Error::custom(error)`, passes its words on.
            What::Custom(text) => f.write_str(text),
            What::Missing(name) => write!(f, "`{name}` is missing"),
            What::Other { got, .. } => write!(f, "`{got}` is not a valid value"),
            _ => f.write_str("the value cannot be read"),
        }
    }
}

impl std::error::Error for Wrong {}
