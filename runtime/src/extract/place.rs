//! Where a value that serde refused stands in its input.

use serde::{Deserializer, de::DeserializeOwned};
use serde_path_to_error::{Path, Segment};

use crate::rejection::Rejection;

/// Reads the input a second time, to learn where it fails; only who is refused pays for that.
///
/// It returns the place as a JSON pointer (RFC 6901), `/lines/0/quantity`, and what is wrong there.
pub(super) fn of<'de, T, D>(input: D) -> Option<(String, String)>
where
    T: DeserializeOwned,
    D: Deserializer<'de>,
{
    let error = serde_path_to_error::deserialize::<_, T>(input).err()?;
    let (path, text) = (
        pointer(error.path()),
        plain(&error.into_inner().to_string()),
    );
    (!path.is_empty()).then_some((path, text))
}

/// Adds the place to a rejection, if it is known.
pub(super) fn add(
    rejection: Rejection,
    place: &'static str,
    found: Option<(String, String)>,
) -> Rejection {
    match found {
        Some((path, text)) => rejection.with_fault(place, path, text),
        None => rejection,
    }
}

fn pointer(path: &Path) -> String {
    let mut text = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => text += &format!("/{index}"),
            Segment::Map { key } => {
                text.push('/');
                text += &key.replace('~', "~0").replace('/', "~1");
            }
            Segment::Enum { variant } => {
                text.push('/');
                text += variant;
            }
            Segment::Unknown => return text,
        }
    }
    text
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
