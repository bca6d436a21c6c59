//! The location of a value that serde has rejected, as a JSON pointer.

use http::StatusCode;
use serde::{Deserializer, de::DeserializeOwned};
use serde_path_to_error::{Path, Segment};

use super::Fault;
use crate::{
    decode::{
        expected::describe_expected,
        messages::{self, InputError},
        plain_text, serde_errors,
    },
    response::Rejection,
};

/// Creates the rejection of a body with another structure, with the JSON pointer of the value.
///
/// The body is deserialized a second time to find the pointer. Only rejected requests pay for that.
pub(crate) fn located_rejection<'de, T, D>(
    format: &str,
    input: D,
    located: impl Locate,
) -> Rejection
where
    T: DeserializeOwned,
    D: Deserializer<'de>,
{
    let (path, text) = match serde_path_to_error::deserialize::<_, T>(input) {
        Err(error) => (pointer(error.path()), error.into_inner().to_string()),
        // The type has accepted the value this time, so there is nothing to report.
        Ok(_) => (String::new(), String::new()),
    };
    structure_rejection(format, path, &text, located)
}

/// Finds the JSON pointer of a value by its text, below another pointer.
pub(crate) trait Locate {
    fn locate(&self, below: &str, text: &str) -> Option<String>;
}

/// Creates the rejection of a body in a format whose errors contain only a message.
#[cfg(any(
    feature = "msgpack",
    feature = "toml",
    feature = "xml",
    feature = "yaml"
))]
pub(crate) fn format_rejection(format: &str, error: String) -> Rejection {
    struct Nowhere;
    impl Locate for Nowhere {
        fn locate(&self, _: &str, _: &str) -> Option<String> {
            None
        }
    }
    // A message that is not from serde may be from the parser of the format, so the client does not see it.
    let rejection = match serde_errors::parse(&error) {
        Fault::Custom(_) => {
            let detail = format!("the {format} cannot be read");
            Rejection::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
        }
        _ => structure_rejection(format, String::new(), &error, Nowhere),
    };
    rejection.with_cause(error)
}

/// Creates the rejection for an error message of serde.
fn structure_rejection(format: &str, path: String, text: &str, located: impl Locate) -> Rejection {
    let fault = serde_errors::parse(text);
    let path = match &fault {
        Fault::MissingField(name) => format!("{path}/{}", escape(name)),
        Fault::UnknownField { name, .. } | Fault::DuplicateField(name)
            if !path.ends_with(&format!("/{}", escape(name))) =>
        {
            format!("{path}/{}", escape(name))
        }
        // The path of a value that serde has buffered ends at the buffered parent.
        Fault::Mismatch { expected, got } if !expected.starts_with("struct ") => {
            located.locate(&path, got).unwrap_or(path)
        }
        _ => path,
    };
    let is_named = matches!(
        fault,
        Fault::MissingField(_) | Fault::UnknownField { .. } | Fault::DuplicateField(_)
    );
    let fault = match fault {
        Fault::UnknownField { known, .. } => Fault::UnknownField {
            name: path.clone(),
            known,
        },
        Fault::MissingField(_) => Fault::MissingField(path.clone()),
        Fault::DuplicateField(_) => Fault::DuplicateField(path.clone()),
        other => other,
    };
    let error = match &fault {
        Fault::Mismatch { expected, got } => {
            let (got, shown) = serde_errors::displayed(got);
            InputError::mismatch(&path, describe_expected(expected, &got), &got, shown)
        }
        _ => messages::describe(&fault, &path, None),
    };
    let subject = match &path[..] {
        "" => "it".to_owned(),
        path => format!("`{}`", plain_text::truncated(path)),
    };
    let sentence = match (&fault, &path[..], is_named) {
        (Fault::Custom(_), "", _) => error.detail.clone(),
        _ => messages::sentence(&subject, &error),
    };
    let detail = match &sentence[..] {
        "" => format!("the {format} does not match the expected structure"),
        sentence => format!("the {format} does not match the expected structure: {sentence}"),
    };
    let rejection = Rejection::new(StatusCode::UNPROCESSABLE_ENTITY, detail);
    match path.is_empty() {
        true => rejection,
        false => rejection.with_input(error.field),
    }
}

fn pointer(path: &Path) -> String {
    let mut text = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => text += &format!("/{index}"),
            Segment::Map { key } => {
                text.push('/');
                text += &escape(key);
            }
            // A variant of an enum is a key in JSON.
            Segment::Enum { variant } => {
                text.push('/');
                text += &escape(variant);
            }
            Segment::Unknown => return text,
        }
    }
    text
}

/// Escapes a name for a JSON pointer.
pub(crate) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
