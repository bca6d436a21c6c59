//! Text with other content types: HTML, indented JSON and JSONP.

use http::{HeaderValue, header};
use serde::Serialize;

use super::{IntoResponse, Response};
use crate::{
    body::Body,
    pool,
    response::rejection::Rejection,
    routes::{Answer, Answers, Facts},
};

/// A response of HTML.
///
/// It escapes nothing. Values from clients must be escaped, for example by a template engine.
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
    const FACTS: Facts = Facts::STREAM.maybe();
    const ANSWERS: Answers = Answers::one(Answer::new(200, "text/html"));

    fn into_response(self) -> Response {
        let content_type = HeaderValue::from_static("text/html; charset=utf-8");
        Response::typed(content_type, self.0.into())
    }
}

/// A value as indented JSON, for people. It is longer than [`Json`](super::Json).
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
    const FACTS: Facts = Facts::NONE;
    const ANSWERS: Answers = Answers::one(Answer::of::<T>(200, "application/json"));

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

/// A value as JSONP: a script that calls a function of the page, for pages that cannot use CORS.
///
/// Any page can include the script and read the value, so never respond with private data.
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
    /// Returns a call of this function. If the name is not that of a function, the response is a 400.
    pub fn new(callback: &str, value: T) -> Self {
        let callback = callback.to_owned();
        Self { callback, value }
    }
}

impl<T: Serialize> IntoResponse for Jsonp<T> {
    const FACTS: Facts = Facts::NONE;
    const ANSWERS: Answers = Answers::list(&[
        Answer::new(200, "text/javascript"),
        Answer::problem(400).about("the callback is not the name of a function"),
    ]);

    fn into_response(self) -> Response {
        if !is_function(&self.callback) {
            let detail = "the callback must be the name of a function";
            return Rejection::new(http::StatusCode::BAD_REQUEST, detail).into_response();
        }
        let text = match serde_json::to_string(&self.value) {
            // These line ends of Unicode are allowed in JSON text, but before ECMAScript 2019 not in a script.
            Ok(json) => json
                .replace('\u{2028}', "\\u2028")
                .replace('\u{2029}', "\\u2029"),
            Err(error) => return Rejection::internal().with_source(error).into_response(),
        };
        // The comment at the start keeps old browsers from reading the response as a file of another type.
        let body = format!("/**/{}({text});", self.callback);
        let content_type = HeaderValue::from_static("text/javascript; charset=utf-8");
        let mut response = Response::typed(content_type, body.into());
        response.set_header(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
        response
    }
}

/// Returns whether the text is an identifier, or identifiers joined by dots.
fn is_function(text: &str) -> bool {
    let is_name = |name: &str| {
        let mut chars = name.chars();
        let first = |c: char| c.is_ascii_alphabetic() || c == '_' || c == '$';
        chars.next().is_some_and(first) && chars.all(|c| first(c) || c.is_ascii_digit())
    };
    text.len() <= 100 && text.split('.').all(is_name)
}
