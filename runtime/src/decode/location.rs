//! Where a value that serde refused stands in its input.

use http::StatusCode;
use serde::{Deserializer, de::DeserializeOwned};
use serde_path_to_error::{Path, Segment};

use super::What;
use crate::{
    decode::{
        messages::{self, InputError},
        serde_errors,
    },
    response::Rejection,
};

/// Says what is wrong with a body of a structured format.
///
/// The input is read a second time, to learn where it fails; only who is refused pays for that.
pub(crate) fn reject<'de, T, D>(format: &str, input: D, located: impl Locate) -> Rejection
where
    T: DeserializeOwned,
    D: Deserializer<'de>,
{
    let (path, text) = match serde_path_to_error::deserialize::<_, T>(input) {
        Err(error) => (pointer(error.path()), error.into_inner().to_string()),
        // A type that reads something else each time.
        Ok(_) => (String::new(), String::new()),
    };
    shape(format, path, &text, located)
}

/// Finds where in a body a value is, by its text, below a pointer.
pub(crate) trait Locate {
    fn locate(&self, below: &str, text: &str) -> Option<String>;
}

/// Makes the rejection of a body of a format whose errors are sentences only.
#[cfg(any(
    feature = "msgpack",
    feature = "toml",
    feature = "xml",
    feature = "yaml"
))]
pub(crate) fn unreadable(format: &str, error: String) -> Rejection {
    struct Nowhere;
    impl Locate for Nowhere {
        fn locate(&self, _: &str, _: &str) -> Option<String> {
            None
        }
    }
    // What is none of serde's sentences may be of the format's reader: only the log has it.
    let rejection = match serde_errors::read(&error) {
        What::Custom(_) => {
            let detail = format!("the {format} cannot be read");
            Rejection::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
        }
        _ => shape(format, String::new(), &error, Nowhere),
    };
    rejection.with_cause(error)
}

/// Puts an error of serde's into our words.
fn shape(format: &str, path: String, text: &str, located: impl Locate) -> Rejection {
    let what = serde_errors::read(text);
    let path = match &what {
        What::Missing(name) => format!("{path}/{}", escape(name)),
        What::Field { name, .. } | What::Twice(name)
            if !path.ends_with(&format!("/{}", escape(name))) =>
        {
            format!("{path}/{}", escape(name))
        }
        // What serde has buffered is refused without its place.
        What::Other { expected, got } if !expected.starts_with("struct ") => {
            located.locate(&path, got).unwrap_or(path)
        }
        _ => path,
    };
    let is_named = matches!(what, What::Missing(_) | What::Field { .. } | What::Twice(_));
    let what = match what {
        What::Field { known, .. } => What::Field {
            name: path.clone(),
            known,
        },
        What::Missing(_) => What::Missing(path.clone()),
        What::Twice(_) => What::Twice(path.clone()),
        other => other,
    };
    let told = match &what {
        What::Other { expected, got } => {
            let (got, shown) = serde_errors::shown(got);
            InputError::other(&path, messages::expected(expected, &got), &got, shown)
        }
        _ => messages::about(&what, &path, None),
    };
    let subject = match &path[..] {
        "" => "it".to_owned(),
        path => format!("`{}`", messages::short(path)),
    };
    let said = match (&what, &path[..], is_named) {
        (What::Custom(_), "", _) => told.detail.clone(),
        _ => messages::sentence(&subject, &told),
    };
    let detail = match &said[..] {
        "" => format!("the {format} does not match the expected structure"),
        said => format!("the {format} does not match the expected structure: {said}"),
    };
    let rejection = Rejection::new(StatusCode::UNPROCESSABLE_ENTITY, detail);
    match path.is_empty() {
        true => rejection,
        false => rejection.with_input(told.field),
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
            // A variant of an enum stands in JSON as a key.
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

/// Returns serde's words without the names of the app's types, which are nobody else's business.
pub(crate) fn plain(text: &str) -> String {
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
        // The name; what follows it without a space stays.
        let name = rest.next().unwrap_or_default();
        let end = name.find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | ':' | '<' | '>'));
        if let Some(end) = end {
            words.push(&name[end..]);
        }
    }
    words.join(" ").replace(" ,", ",")
}

#[cfg(test)]
mod tests {
    use super::plain;

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
            assert_eq!(plain(text), expected);
        }
    }
}
