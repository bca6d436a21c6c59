//! The extractor `Query`, which reads the query.

use serde::de::DeserializeOwned;

use super::{Answers, Extract, Facts, Input, Inputs, QUERY_ANSWERS};
use crate::{decode, deref::deref, response::Rejection};

/// An extractor that reads the query into a type that implements `Deserialize`.
///
/// - A key that occurs several times fills a `Vec`, a set or a tuple. It is rejected if one value is expected. A
///   missing key is `None` for an `Option`, or the default that a serde attribute sets.
/// - An empty value, `?day=`, is `None` for an `Option<T>` if `T` cannot be parsed from `""`, for example a number, a
///   date or an enum. It is `Some("")` for `Option<String>`.
/// - The serde attribute `flatten` and tagged and untagged enums work as they do for JSON. A value is parsed as a
///   number only if the type requires one, so a `String` keeps `007`. An untagged enum becomes the first variant that
///   can be parsed from the text. Only `i128` and `u128` do not work inside them, which is a limit of serde.
/// - Brackets have no special meaning: the key of `addr[city]=x` is `addr[city]`.
/// - A query has at most a thousand pairs. If it has more than a hundred, its flattened and tagged parts are read in a
///   bounded number of attempts, and a query that needs more attempts is rejected.
/// - Unknown keys are ignored, unless the type has `#[serde(deny_unknown_fields)]`.
///
/// An invalid value is rejected with 400. The rejection contains the key.
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
    const FACTS: Facts = Facts::QUERY;
    const INPUTS: Inputs = Inputs::query::<T>();
    const ANSWERS: Answers = QUERY_ANSWERS;

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
