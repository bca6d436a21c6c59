//! The error type of pairs, before it is converted into a message.

use std::fmt::{self, Display};

use serde::de::{self, Expected, Unexpected};

use super::pairs::Pairs;
use crate::decode::error_log::{self, LoggedError};

/// The error of pairs that cannot be deserialized.
#[derive(Debug)]
pub(crate) struct PairError(Box<Inner>);

#[derive(Debug)]
struct Inner {
    fault: Fault,
    /// The pair that is invalid, if it is known.
    pair: Option<usize>,
    /// The address and the length of the rejected text, which identify its pair.
    text: Option<(usize, usize)>,
}

/// The kind of an error in an input.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Fault {
    /// A value of another type, or an invalid one. `expected` is the text of serde.
    Mismatch { expected: String, got: String },
    /// Several values instead of one. `expected` is the text of serde.
    SeveralValues { expected: String },
    /// A missing field.
    MissingField(String),
    /// A field that the type does not have. `known` are the fields that it has.
    UnknownField { name: String, known: Vec<String> },
    /// A variant that the enum does not have. `known` are the variants that it has.
    UnknownVariant { got: String, known: Vec<String> },
    /// A field that occurs twice, for example by its name and by an alias.
    DuplicateField(String),
    /// A value that matches no variant of an untagged enum.
    NoVariantMatches,
    /// A message of the type itself (`serde::de::Error::custom`).
    Custom(String),
}

impl PairError {
    fn new(fault: Fault, text: Option<(usize, usize)>) -> Self {
        error_log::record(|| LoggedError {
            text,
            expected: match &fault {
                Fault::Mismatch { expected, .. } => expected.clone(),
                _ => String::new(),
            },
            custom: match &fault {
                Fault::Custom(words) => Some(words.clone()),
                _ => None,
            },
        });
        Self(Box::new(Inner {
            fault,
            pair: None,
            text,
        }))
    }

    /// Creates the error of a text that is not a value of the expected type.
    pub(crate) fn mismatch(expected: &str, got: &str) -> Self {
        let fault = Fault::Mismatch {
            expected: expected.to_owned(),
            got: got.to_owned(),
        };
        Self::new(fault, Some(address(got)))
    }

    /// Creates the error of several values instead of one.
    pub(crate) fn several_values(expected: &str) -> Self {
        let expected = expected.to_owned();
        Self::new(Fault::SeveralValues { expected }, None)
    }

    pub(crate) fn fault(&self) -> &Fault {
        &self.0.fault
    }

    /// Returns whether the rejected value is not a text, which means that a step of the search has converted it.
    pub(crate) fn is_about_converted_value(&self) -> bool {
        matches!(self.0.fault, Fault::Mismatch { .. }) && self.0.text.is_none()
    }

    pub(crate) fn pair(&self) -> Option<usize> {
        self.0.pair
    }

    /// Sets the pair, unless an inner call has set it.
    pub(crate) fn at_pair(mut self, idx: usize) -> Self {
        self.0.pair.get_or_insert(idx);
        self
    }

    /// Sets the pair to the one whose text was rejected, if there is one.
    pub(crate) fn locate_by_text(mut self, pairs: &Pairs<'_>) -> Self {
        let of_text = self.0.text.and_then(|text| pairs.index_of_text(text));
        self.0.pair = of_text.or(self.0.pair);
        self
    }
}

fn address(text: &str) -> (usize, usize) {
    (text.as_ptr() as usize, text.len())
}

fn strings(known: &'static [&'static str]) -> Vec<String> {
    known.iter().map(|name| (*name).to_owned()).collect()
}

impl de::Error for PairError {
    fn custom<T: Display>(text: T) -> Self {
        let text = text.to_string();
        let fault = match text.starts_with("data did not match any variant of untagged enum") {
            true => Fault::NoVariantMatches,
            false => Fault::Custom(text),
        };
        Self::new(fault, None)
    }

    fn invalid_type(got: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let expected = expected.to_string();
        let (got, text) = match got {
            Unexpected::Str(text) => (text.to_owned(), Some(address(text))),
            Unexpected::Seq => return Self::several_values(&expected),
            Unexpected::Unsigned(number) => (number.to_string(), None),
            Unexpected::Signed(number) => (number.to_string(), None),
            Unexpected::Float(number) => (number.to_string(), None),
            Unexpected::Bool(value) => (value.to_string(), None),
            Unexpected::Other(text) => (text.to_owned(), None),
            _ => (String::new(), None),
        };
        Self::new(Fault::Mismatch { expected, got }, text)
    }

    fn invalid_value(got: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(got, expected)
    }

    fn invalid_length(count: usize, expected: &dyn Expected) -> Self {
        let fault = Fault::Mismatch {
            expected: expected.to_string(),
            got: count.to_string(),
        };
        Self::new(fault, None)
    }

    fn unknown_variant(got: &str, known: &'static [&'static str]) -> Self {
        let fault = Fault::UnknownVariant {
            got: got.to_owned(),
            known: strings(known),
        };
        Self::new(fault, Some(address(got)))
    }

    fn unknown_field(name: &str, known: &'static [&'static str]) -> Self {
        let fault = Fault::UnknownField {
            name: name.to_owned(),
            known: strings(known),
        };
        Self::new(fault, None)
    }

    fn missing_field(name: &'static str) -> Self {
        Self::new(Fault::MissingField(name.to_owned()), None)
    }

    fn duplicate_field(name: &'static str) -> Self {
        Self::new(Fault::DuplicateField(name.to_owned()), None)
    }
}

impl Display for PairError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.fault() {
            // A type that wraps this error by `Error::custom(error)` keeps the message.
            Fault::Custom(text) => f.write_str(text),
            Fault::MissingField(name) => write!(f, "`{name}` is missing"),
            Fault::Mismatch { got, .. } => write!(f, "`{got}` is not a valid value"),
            _ => f.write_str("the value cannot be read"),
        }
    }
}

impl std::error::Error for PairError {}
