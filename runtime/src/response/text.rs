//! Text of other types: HTML, JSON for people, and JSON for scripts.

use http::{HeaderValue, header};
use serde::Serialize;

use super::{IntoResponse, Response};
use crate::{body::Body, pool, response::rejection::Rejection};

/// A page of HTML.
///
/// It escapes nothing: make it with a template engine, not from what a client has sent.
///
/// # Examples
/// ```
/// use highball::{prelude::*, response::Html};
///
/// #[get("/")]
/// async fn home() -> Html<&'static str> {
///     Html("<h1>hello</h1>")
/// }
/// # #[routes(app)] struct Api(home);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Html<T>(pub T);

impl<T: Into<Body>> IntoResponse for Html<T> {
    fn into_response(self) -> Response {
        let content_type = HeaderValue::from_static("text/html; charset=utf-8");
        Response::typed(content_type, self.0.into())
    }
}

/// A value as JSON in lines, for people: as [`Json`](super::Json), and longer.
///
/// # Examples
/// ```
/// use highball::{prelude::*, response::PrettyJson};
///
/// #[get("/")]
/// async fn home() -> PrettyJson<Value> {
///     PrettyJson(json!({ "message": "hello" }))
/// }
/// # #[routes(app)] struct Api(home);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrettyJson<T>(pub T);

impl<T: Serialize> IntoResponse for PrettyJson<T> {
    fn into_response(self) -> Response {
        let mut buffer = pool::buffer();
        match serde_json::to_writer_pretty(&mut *buffer, &self.0) {
            Ok(()) => {
                buffer.push(b'\n');
                let content_type = HeaderValue::from_static("application/json");
                Response::typed(content_type, Body::from(buffer))
            }
            Err(error) => Rejection::internal().with_source(error).into_response(),
        }
    }
}

/// A value as a call of the page's own function, for pages that cannot use CORS.
///
/// Whoever includes it gets the value, and runs as the page: never answer so with what is private.
///
/// # Examples
/// ```
/// use highball::{prelude::*, response::Jsonp};
///
/// #[get("/widget")]
/// async fn widget(cx: &Context<'_>) -> Jsonp<Value> {
///     let callback = cx.query("callback").unwrap_or_default();
///     Jsonp::new(&callback, json!({ "visitors": 7 }))
/// }
/// # #[routes(app)] struct Api(widget);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jsonp<T> {
    callback: String,
    value: T,
}

impl<T> Jsonp<T> {
    /// Makes the call of a function; a name that is none is answered with 400.
    pub fn new(callback: &str, value: T) -> Self {
        let callback = callback.to_owned();
        Self { callback, value }
    }
}

impl<T: Serialize> IntoResponse for Jsonp<T> {
    fn into_response(self) -> Response {
        if !is_function(&self.callback) {
            let detail = "the callback must be the name of a function";
            return Rejection::new(http::StatusCode::BAD_REQUEST, detail).into_response();
        }
        let text = match serde_json::to_string(&self.value) {
            // Line ends of Unicode that are none in JSON, and were in scripts (ECMAScript 2018).
            Ok(json) => json
                .replace('\u{2028}', "\\u2028")
                .replace('\u{2029}', "\\u2029"),
            Err(error) => return Rejection::internal().with_source(error).into_response(),
        };
        // The comment keeps the answer from being taken for a file of another type.
        let body = format!("/**/{}({text});", self.callback);
        let content_type = HeaderValue::from_static("text/javascript; charset=utf-8");
        let mut response = Response::typed(content_type, body.into());
        response.set_header(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
        response
    }
}

/// Returns whether the text is a name, or names joined by dots.
fn is_function(text: &str) -> bool {
    let is_name = |name: &str| {
        let mut chars = name.chars();
        let first = |c: char| c.is_ascii_alphabetic() || c == '_' || c == '$';
        chars.next().is_some_and(first) && chars.all(|c| first(c) || c.is_ascii_digit())
    };
    text.len() <= 100 && text.split('.').all(is_name)
}
