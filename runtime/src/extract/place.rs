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
    let (path, text) = (pointer(error.path()), error.into_inner().to_string());
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
