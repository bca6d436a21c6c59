//! Entity tags, and 304 for responses that the client already has.

use std::hash::{DefaultHasher, Hasher};

use highball_macros::middleware;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use crate::{
    chain::Next,
    header_value::{EntityTag, EntityTags, lines},
    request::Context,
    response::Response,
    routes::{Answer, Answers, Facts, Inputs},
};

/// A middleware that adds an `ETag` to responses, and responds with 304 if the client's `If-None-Match` has that tag
/// (RFC 9110 §13.1.2).
///
/// It applies to responses of 200 to GET and HEAD whose body is in memory. Streams pass unchanged. The tag is a weak
/// one, made from the body: the handler still runs, and only the transfer is saved. An `ETag` that the handler has set
/// is kept and compared.
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

/// The answer to a client that has the response already.
const NOT_MODIFIED: Answers = Answers::one(
    Answer::empty(304)
        .about("the client has the current response already")
        .headers(&["etag"]),
);

const FACTS: Facts = crate::routes::header_facts!("if-none-match");

const INPUTS: Inputs = Inputs::by_method(
    &Inputs::maybe(&Inputs::header("if-none-match")),
    &Inputs::NONE,
);

#[middleware(facts = FACTS, inputs = INPUTS, answers = NOT_MODIFIED, crate = crate)]
impl ETag {
    async fn tag(&self, cx: &mut Context<'_>, next: impl Next) -> Response {
        let mut response = next.run(cx).await;
        if !matches!(*cx.method(), Method::GET | Method::HEAD) || response.status() != 200 {
            return response;
        }
        let Some(tag) = ensure_tag(&mut response) else {
            return response;
        };
        if is_known(cx.headers(), &tag) {
            make_not_modified(&mut response);
        }
        response
    }
}

/// Returns the tag of a response. If there is none and the body is in memory, adds one.
fn ensure_tag(response: &mut Response) -> Option<HeaderValue> {
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

/// Returns whether the client has the response with this tag. Tags are compared weakly (RFC 9110 §13.1.2).
fn is_known(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let Some(known) = EntityTags::from_lines(lines(headers, header::IF_NONE_MATCH)) else {
        return false;
    };
    let tag = EntityTag::parse(tag.as_bytes());
    known.is_any() || tag.is_some_and(|tag| known.iter().any(|known| known.matches_weakly(&tag)))
}

/// Changes the response to a 304. Headers that describe the body are removed, and the others stay (RFC 9110 §15.4.5).
fn make_not_modified(response: &mut Response) {
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
