//! The type `List`, which parses several values from one text.

use std::{fmt::Display, ops::Deref, str::FromStr};

use serde::{Deserialize, Deserializer, de::Error};

/// A list of values separated by commas, such as `ids=1,2,3`.
///
/// It can be a field of a [`Query`](crate::Query) or a [`Form`](crate::Form), or a path parameter. For a key that
/// occurs several times, `ids=1&ids=2`, use a `Vec`.
///
/// # Examples
/// ```
/// use highball::{extract::List, prelude::*};
///
/// #[derive(serde::Deserialize)]
/// struct Filter {
///     ids: List<u32>,
/// }
///
/// #[get("/books/{tags}")]
/// async fn books(tags: List<String>, filter: Query<Filter>) -> String {
///     format!("{:?} {:?}", tags.0, filter.ids.0)
/// }
///
/// #[routes(app)]
/// struct Api(books);
///
/// # highball::block_on(async {
/// let response = Api.test().get("/books/a,b?ids=1,2,3").send().await;
/// assert_eq!(response.text(), "[\"a\", \"b\"] [1, 2, 3]");
/// assert_eq!(Api.test().get("/books/a?ids=1,x").send().await.status(), 400);
/// # });
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct List<T>(pub Vec<T>);

impl<T> Deref for List<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T: FromStr> FromStr for List<T> {
    type Err = T::Err;

    fn from_str(text: &str) -> Result<Self, T::Err> {
        if text.is_empty() {
            return Ok(Self(Vec::new()));
        }
        text.split(',')
            .map(str::parse)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl<'de, T: FromStr<Err: Display>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}
