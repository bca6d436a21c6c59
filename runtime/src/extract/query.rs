//! The query as an argument.

use std::borrow::Cow;

use http::StatusCode;
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;

use super::{Extract, Input, Text, form, place};
use crate::{rejection::Rejection, wrap::deref};

/// The query, read into a type of your own.
///
/// A key that stands several times fills a `Vec`; a key that is not there is an `Option` that is
/// `None`, or a default by serde's attribute.
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
        parse(input.query()).map(Query)
    }

    fn check_head(input: Input<'_>) -> Result<(), Rejection> {
        parse::<T>(input.query()).map(drop)
    }
}

/// Reads the query.
pub(crate) fn parse<T: DeserializeOwned>(query: &str) -> Result<T, Rejection> {
    form::check_fields(query.as_bytes(), "query")?;
    serde_html_form::from_str(query).map_err(|error| {
        let text = place::plain(&error.to_string());
        let detail = format!("the query cannot be read: {text}");
        let rejection = Rejection::new(StatusCode::BAD_REQUEST, detail);
        let input = serde_html_form::Deserializer::from_bytes(query.as_bytes());
        place::add(rejection, "query", place::of::<T, _>(input))
    })
}

/// Returns the first value of the key.
pub(crate) fn first<'r>(query: &'r str, key: &str) -> Option<Text<'r>> {
    query.split('&').find_map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(name) == key).then(|| decode(value))
    })
}

/// Removes the escapes of `application/x-www-form-urlencoded`.
fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains('+') {
        return percent_decode_str(text).decode_utf8_lossy();
    }
    let spaced = text.replace('+', " ");
    Cow::Owned(percent_decode_str(&spaced).decode_utf8_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_value_is_found_and_decoded() {
        for (query, key, expected) in [
            ("a=1&b=2&a=3", "a", Some("1")),
            ("q=x+y%26z", "q", Some("x y&z")),
            ("flag&a=1", "flag", Some("")),
            ("a%5B%5D=1", "a[]", Some("1")),
            ("", "a", None),
            ("ab=1", "a", None),
        ] {
            assert_eq!(first(query, key).as_deref(), expected, "{query}");
        }
    }
}
