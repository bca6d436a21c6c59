//! The query as an argument.

use serde::de::DeserializeOwned;

use super::{Extract, Input};
use crate::{decode, deref::deref, response::Rejection};

/// The query, read into a type of your own.
///
/// - A key that occurs several times fills a `Vec`, a set or a tuple; it is refused where one value is
///   expected. A missing key is `None` for an `Option`, or a default by serde's attribute.
/// - An empty value, `?day=`, is `None` for an `Option<T>` if `T` cannot be read from the empty text, as a
///   number, a date or an enum cannot. It is `Some("")` for `Option<String>`.
/// - serde's `flatten`, and tagged and untagged enums, work as they do for JSON. A value is read as a number
///   only where the type asks for one, so a `String` keeps `007`. The first variant of an untagged enum
///   that can be read from the text is taken. Only `i128` and `u128` cannot be read inside them, a
///   limit of serde's.
/// - Brackets have no meaning: the key of `addr[city]=x` is `addr[city]`.
/// - A query has at most a thousand pairs. The flattened and tagged parts of one with more than a hundred are
///   read in a bounded number of attempts, and a query that needs more of them is refused.
/// - Unknown keys are ignored, unless the type has `#[serde(deny_unknown_fields)]`.
///
/// Wrong values are answered with 400 and the key.
///
/// # Examples
/// ```
/// use highball::prelude::*;
///
/// #[derive(serde::Deserialize)]
/// struct Filter {
///     #[serde(default)]
///     tag: Vec<String>,
///     page: Option<u32>,
/// }
///
/// #[get("/posts")]
/// async fn posts(filter: Query<Filter>) -> String {
///     format!("{} tags, page {}", filter.tag.len(), filter.page.unwrap_or(1))
/// }
/// # #[routes(app)] struct Api(posts);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Query<T>(pub T);

deref!(Query);

impl<'r, T: DeserializeOwned> Extract<'r> for Query<T> {
    type State = ();

    fn extract(input: Input<'r>) -> Result<Self, Rejection> {
        decode::query(input.query()).map(Query)
    }

    fn check_head(input: Input<'_>) -> Result<(), Rejection> {
        decode::query::<T>(input.query()).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use crate::decode::first;

    #[test]
    fn first_value_is_found_and_decoded() {
        for (query, key, expected) in [
            ("a=1&b=2&a=3", "a", Some("1")),
            ("q=x+y%26z", "q", Some("x y&z")),
            ("flag&a=1", "flag", Some("")),
            ("a%5B%5D=1", "a[]", Some("1")),
            ("", "a", None),
            ("ab=1", "a", None),
            ("a=%ff&b=1", "a", None),
            ("%zz=1&b=1", "b", Some("1")),
        ] {
            assert_eq!(first(query, key).as_deref(), expected, "{query}");
        }
    }
}
