//! Answers that the client has already.

use std::hash::{DefaultHasher, Hasher};

use highball_macros::middleware;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use crate::{
    chain::Next,
    header_value::{EntityTag, EntityTags, lines},
    request::Context,
    response::Response,
};

/// Tells each version of an answer by an `ETag`, and answers 304 without a body where the client's
/// `If-None-Match` names it (RFC 9110 §13.1.2).
///
/// It looks at answers of 200 to GET and HEAD whose body is in memory; streams pass as they are. The
/// tag is weak and made from the body, so the handler still runs: what is saved is the way. An `ETag`
/// that the handler has set is kept and compared, and saves the work as well if the handler knows a
/// version without reading all of it.
///
/// # Examples
/// ```
/// use highball::{middleware::ETag, prelude::*};
///
/// #[get("/books")]
/// async fn books() -> &'static str {
///     "a long list"
/// }
///
/// #[routes(app, with(ETag))]
/// struct Api(books);
///
/// # highball::block_on(async {
/// let client = Api.test().start();
/// let first = client.get("/books").send().await;
/// let again = client.get("/books").header(header::IF_NONE_MATCH, first.header(header::ETAG));
/// assert_eq!(again.send().await.status(), 304);
/// # });
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct ETag;

#[middleware(crate = crate)]
impl ETag {
    async fn tag(&self, cx: &mut Context<'_>, next: impl Next) -> Response {
        let mut response = next.run(cx).await;
        if !matches!(*cx.method(), Method::GET | Method::HEAD) || response.status() != 200 {
            return response;
        }
        let Some(tag) = tag_of(&mut response) else {
            return response;
        };
        if is_known(cx.headers(), &tag) {
            forget_body(&mut response);
        }
        response
    }
}

/// Returns the answer's tag, and gives it one if its body is here.
fn tag_of(response: &mut Response) -> Option<HeaderValue> {
    if let Some(tag) = response.headers().get(header::ETAG) {
        return Some(tag.clone());
    }
    let body = response.body().whole()?;
    let mut hasher = DefaultHasher::new();
    hasher.write(body);
    let text = format!("W/\"{:x}-{:016x}\"", body.len(), hasher.finish());
    let tag = HeaderValue::from_str(&text).ok()?;
    response.headers_mut().insert(header::ETAG, tag.clone());
    Some(tag)
}

/// Returns whether the client has the answer of this tag; weak tags are as good (RFC 9110 §13.1.2).
fn is_known(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let Some(known) = EntityTags::from_lines(lines(headers, header::IF_NONE_MATCH)) else {
        return false;
    };
    let tag = EntityTag::parse(tag.as_bytes());
    known.is_any() || tag.is_some_and(|tag| known.iter().any(|known| known.matches_weakly(&tag)))
}

/// RFC 9110 §15.4.5: what tells the client what it has stays, what describes the body goes.
fn forget_body(response: &mut Response) {
    response.set_status(StatusCode::NOT_MODIFIED);
    response.set_body(());
    let headers: &mut HeaderMap = response.headers_mut();
    for name in [
        header::CONTENT_TYPE,
        header::CONTENT_LENGTH,
        header::CONTENT_ENCODING,
        header::CONTENT_LANGUAGE,
        header::CONTENT_RANGE,
    ] {
        headers.remove(name);
    }
}
