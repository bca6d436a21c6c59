//! A page of a list as a response.

use http::{HeaderValue, header};
use serde::{Serialize, Serializer, ser::SerializeStruct as _};

use crate::{
    response::{IntoResponse, Json, Rejection, Response},
    routes::{Answer, Answers, Facts, Payloads, Visit},
};

/// A page of a list as JSON: `{"items": [..], "next": ".."}`. `next` is the cursor of the next page, or `null`.
///
/// The header `Link` has the next page, too, with `rel="next"` (RFC 8288), for clients that follow links.
/// [`PageRequest::respond`](super::PageRequest::respond) returns it, and the example is there.
///
/// # Examples
/// ```
/// use highball::{paging::{Cursor, PageRequest, Paged}, prelude::*};
/// # #[derive(serde::Serialize, serde::Deserialize)]
/// # struct After(u64);
/// # impl Cursor for After { const LIST: &'static str = "users"; }
/// # #[derive(State)] struct AppState { keys: highball::paging::CursorKeys }
///
/// struct Row {
///     id: u64,
///     name: String,
/// }
///
/// #[get("/users")]
/// async fn users(page: PageRequest<After>) -> Paged<String> {
///     let rows: Vec<Row> = Vec::new(); // a query in a real app
///     page.respond(rows, |last| After(last.id)).map(|row| row.name)
/// }
/// # #[routes(app)] struct Api(users);
/// ```
#[derive(Debug)]
pub struct Paged<T> {
    items: Vec<T>,
    next: serde_json::Result<Option<String>>,
    link: Option<HeaderValue>,
}

impl<T> Paged<T> {
    pub(super) const fn new(
        items: Vec<T>,
        next: serde_json::Result<Option<String>>,
        link: Option<HeaderValue>,
    ) -> Self {
        Self { items, next, link }
    }

    /// Converts each item, for example from a row of a table.
    pub fn map<U>(self, convert: impl FnMut(T) -> U) -> Paged<U> {
        let items = self.items.into_iter().map(convert).collect();
        Paged::new(items, self.next, self.link)
    }
}

/// The JSON of a page.
struct Content<'p, T> {
    items: &'p [T],
    next: Option<&'p str>,
}

impl<T: Serialize> Serialize for Content<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut page = serializer.serialize_struct("Paged", 2)?;
        page.serialize_field("items", self.items)?;
        page.serialize_field("next", &self.next)?;
        page.end()
    }
}

impl<T: Serialize> IntoResponse for Paged<T> {
    const FACTS: Facts = Facts::NONE;
    const ANSWERS: Answers =
        Answers::one(Answer::page_of::<T>(200, "application/json").headers(&["link"]));

    fn into_response(self) -> Response {
        let next = match self.next {
            Ok(next) => next,
            Err(error) => return Rejection::internal().with_source(error).into_response(),
        };
        let mut response = Json(Content {
            items: &self.items,
            next: next.as_deref(),
        })
        .into_response();
        if let Some(link) = self.link.filter(|_| !response.is_rejection()) {
            response.append_header(header::LINK, link);
        }
        response
    }
}

/// The items of a page are shown. Its answer [is a page](Answer::is_page) of them.
impl<T, V: Visit<T>> Payloads<V> for Paged<T> {
    fn show(visitor: &mut V) {
        visitor.visit();
    }
}
