//! Lists in pages: the extractor [`PageRequest`], the response [`Paged`] and its signed cursors.
//!
//! A client requests `/orders?limit=20`, and then `/orders?limit=20&cursor=..` with the cursor of the page before. The
//! cursor is the place in the list where the next page begins, so a page is one query by an index however long the list
//! is, and no item is shown twice if others are added meanwhile.

use std::{fmt, num::NonZeroU32};

use http::HeaderValue;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    decode,
    extract::{Answers, Extract, Facts, Input, Inputs, QUERY_ANSWERS},
    request::State,
    response::Rejection,
};

mod keys;
mod paged;
mod query;

use keys::Binding;
pub use keys::CursorKeys;
pub use paged::Paged;
use query::Params;

/// The place in a list where a page begins, as the app uses it, for example the id of the last item.
///
/// It is serialized as JSON into the text of the cursor, which is signed and not encrypted. So a client can read it,
/// but cannot change it.
///
/// # Examples
/// ```
/// use highball::paging::Cursor;
///
/// /// The last order of a page. The id decides between orders of the same second.
/// #[derive(serde::Serialize, serde::Deserialize)]
/// struct AfterOrder {
///     created: u64,
///     id: u64,
/// }
///
/// impl Cursor for AfterOrder {
///     const LIST: &'static str = "orders";
///     const MAX_LIMIT: u32 = 500;
/// }
/// assert_eq!(AfterOrder::DEFAULT_LIMIT, 20);
/// ```
pub trait Cursor: Serialize + DeserializeOwned + 'static {
    /// The name of the list. A cursor of a list with another name is rejected.
    const LIST: &'static str;

    /// The number of items of a page, for a request without `limit`.
    const DEFAULT_LIMIT: u32 = 20;

    /// The most items of a page. A request for more gets this many.
    const MAX_LIMIT: u32 = 100;
}

/// An extractor for the query parameters `cursor` and `limit`, which select a page of a list.
///
/// The app state has the keys that sign cursors, [`CursorKeys`]. A cursor is valid for one list, one path and the same
/// other query parameters, in any order: a client cannot use the cursor of `/orders?state=open` for `/orders`. A cursor
/// that is malformed, changed, or of another list is a 400 that names `cursor`. A `limit` of 0 is a 400, and one over
/// [`Cursor::MAX_LIMIT`] is reduced to it.
///
/// # Examples
/// ```
/// use highball::{paging::{Cursor, CursorKeys, PageRequest, Paged}, prelude::*};
///
/// #[derive(serde::Serialize, serde::Deserialize)]
/// struct After(u64);
///
/// impl Cursor for After {
///     const LIST: &'static str = "numbers";
/// }
///
/// #[derive(State)]
/// struct AppState {
///     keys: CursorKeys,
/// }
///
/// #[get("/numbers")]
/// async fn numbers(page: PageRequest<After>) -> Paged<u64> {
///     let after = page.cursor().map_or(0, |After(number)| *number);
///     // SELECT .. WHERE number > $after ORDER BY number LIMIT $fetch_limit
///     let rows = (after + 1..=5).take(page.fetch_limit() as usize).collect();
///     page.respond(rows, |last| After(*last))
/// }
///
/// #[routes(app)]
/// struct Api(numbers);
///
/// # highball::block_on(async {
/// # let secret = "at least 32 bytes, from openssl rand";
/// let client = Api.test().state(AppState { keys: CursorKeys::new([secret]).unwrap() }).start();
/// let first: Value = client.get("/numbers?limit=3").send().await.json();
/// assert_eq!(first["items"], json!([1, 2, 3]));
/// let next = first["next"].as_str().unwrap();
/// let last: Value = client.get(&format!("/numbers?limit=3&cursor={next}")).send().await.json();
/// assert_eq!(last, json!({ "items": [4, 5], "next": null }));
/// assert_eq!(client.get("/numbers?cursor=forged").send().await.status(), 400);
/// # });
/// ```
pub struct PageRequest<C> {
    cursor: Option<C>,
    limit: u32,
    keys: State<CursorKeys>,
    binding: Binding,
    /// The query without the cursor.
    query: String,
}

impl<C: Cursor> PageRequest<C> {
    /// Returns the place where the page begins, or `None` for the first page.
    pub fn cursor(&self) -> Option<&C> {
        self.cursor.as_ref()
    }

    /// Returns the number of items of the page.
    pub fn limit(&self) -> u32 {
        self.limit
    }

    /// Returns the number of rows to fetch for [`respond`](Self::respond): one more than the limit.
    pub fn fetch_limit(&self) -> u32 {
        self.limit.saturating_add(1)
    }

    /// Returns the page of these rows, with the cursor of the next page if there is one.
    ///
    /// There is a next page if there are more rows than the [`limit`](Self::limit). The other rows are dropped, and
    /// `cursor` makes the cursor of the last item that remains.
    pub fn respond<T>(&self, rows: Vec<T>, cursor: impl FnOnce(&T) -> C) -> Paged<T> {
        let mut items = rows;
        let has_more = items.len() > self.limit as usize;
        items.truncate(self.limit as usize);
        match items.last().filter(|_| has_more) {
            Some(last) => {
                let next = self.keys.seal(&self.binding, &cursor(last));
                let link = next.as_ref().ok().and_then(|next| self.link(next));
                Paged::new(items, next.map(Some), link)
            }
            None => Paged::new(items, Ok(None), None),
        }
    }

    /// Returns the value of `Link` (RFC 8288). Its target has no path, because a proxy may have changed the path.
    fn link(&self, next: &str) -> Option<HeaderValue> {
        let separator = if self.query.is_empty() { "" } else { "&" };
        let target = format!("?{}{separator}cursor={next}", self.query);
        HeaderValue::try_from(format!("<{target}>; rel=\"next\"")).ok()
    }
}

impl<'r, C: Cursor> Extract<'r> for PageRequest<C> {
    type State = CursorKeys;
    const FACTS: Facts = Facts::QUERY.and(Facts::PATH);
    const INPUTS: Inputs = Inputs::maybe(&Inputs::both(
        &Inputs::query_param::<String>("cursor"),
        &Inputs::query_param::<u32>("limit"),
    ));
    const ANSWERS: Answers = QUERY_ANSWERS;

    fn extract(input: Input<'r, CursorKeys>) -> Result<Self, Rejection> {
        let params: Params = decode::query(input.query())?;
        let binding = Binding::new(C::LIST, input.uri().path(), input.query());
        let cursor = params.cursor.filter(|cursor| !cursor.is_empty());
        let cursor = cursor.map(|text| input.state().open(&binding, &text).ok_or_else(invalid));
        let limit = params.limit.map_or(C::DEFAULT_LIMIT, NonZeroU32::get);
        Ok(Self {
            cursor: cursor.transpose()?,
            limit: limit.min(C::MAX_LIMIT),
            keys: input.share_state(),
            binding,
            query: query::without_cursor(input.query()),
        })
    }
}

fn invalid() -> Rejection {
    let reason = "is not a cursor of this list: begin with the first page";
    let detail = format!("the query parameter `cursor` {reason}");
    Rejection::new(http::StatusCode::BAD_REQUEST, detail).with_fault("query", "cursor", reason)
}

impl<C> fmt::Debug for PageRequest<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PageRequest")
            .field("has_cursor", &self.cursor.is_some())
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}
