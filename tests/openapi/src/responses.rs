//! A route for each response.

use std::borrow::Cow;

use highball::{
    body::Body,
    extract::Either,
    http::{HeaderName, HeaderValue},
    prelude::*,
    response::{
        Attachment, Created, Html, Jsonp, NoContent, PrettyJson, Redirect, Revision,
        sse::{Event, JsonEvents, Sse},
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One route for each response.
#[routes("/responses")]
pub(crate) struct Responses(Plain, Typed, Wrapped, Unknown);

/// A small value.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct Value {
    id: u8,
    /// A text that may be missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'static str>,
}

const VALUE: Value = Value { id: 7, text: None };

/// An error of each kind.
#[derive(Debug, IntoResponse)]
enum Error {
    #[status(404, "there is no value {id}")]
    Missing { id: u8 },
    #[status(409)]
    Taken,
    #[transparent]
    Inner(InnerError),
}

#[derive(Debug, IntoResponse)]
enum InnerError {
    #[status(403, "not today")]
    Forbidden,
}

#[get("/unit")]
async fn unit() {}

#[get("/no-content")]
async fn no_content() -> NoContent {
    NoContent
}

#[get("/text")]
async fn text() -> &'static str {
    "text"
}

#[get("/string")]
async fn string() -> String {
    "text".to_owned()
}

#[get("/cow")]
async fn cow() -> Cow<'static, str> {
    "text".into()
}

#[get("/bytes")]
async fn bytes() -> Bytes {
    Bytes::from_static(b"bytes")
}

#[get("/vec")]
async fn vec() -> Vec<u8> {
    vec![0, 255]
}

#[get("/html")]
async fn html() -> Html<&'static str> {
    Html("<p>html</p>")
}

#[get("/headers")]
async fn headers() -> HeaderMap {
    HeaderMap::new()
}

#[get("/array")]
async fn array() -> [(HeaderName, HeaderValue); 1] {
    [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))]
}

/// Texts, bytes and headers.
#[routes("/plain")]
struct Plain(
    unit,
    no_content,
    text,
    string,
    cow,
    bytes,
    vec,
    html,
    headers,
    array,
);

#[get("/json")]
async fn json() -> Json<Value> {
    Json(VALUE)
}

#[get("/pretty")]
async fn pretty() -> PrettyJson<Value> {
    PrettyJson(VALUE)
}

/// The query of a script.
#[derive(Debug, Deserialize, JsonSchema)]
struct Script {
    #[schemars(regex(pattern = r"^[A-Za-z_$][A-Za-z0-9_$]{0,20}$"))]
    callback: String,
}

#[get("/jsonp")]
async fn jsonp(script: Query<Script>) -> Jsonp<Value> {
    Jsonp::new(&script.callback, VALUE)
}

#[get("/form")]
async fn form() -> Form<Value> {
    Form(VALUE)
}

#[get("/events")]
async fn events() -> Sse {
    Sse::new(highball::body::produce(|out| async move {
        out.send(Event::data("hello")).await;
    }))
}

#[get("/json-events")]
async fn json_events() -> JsonEvents<Value> {
    JsonEvents::new(highball::body::produce(|out| async move {
        out.send(VALUE).await;
    }))
}

/// Formats and streams.
#[routes("/typed")]
struct Typed(json, pretty, jsonp, form, events, json_events);

#[get("/option/{id}")]
async fn option(id: u8) -> Option<Json<Value>> {
    (id == 7).then_some(Json(VALUE))
}

#[get("/result/{id}")]
async fn result(id: u8) -> Result<Json<Value>, Error> {
    match id {
        7 => Ok(Json(VALUE)),
        8 => Err(Error::Taken),
        9 => Err(Error::Inner(InnerError::Forbidden)),
        id => Err(Error::Missing { id }),
    }
}

#[post("/created")]
async fn created() -> Created<Json<Value>> {
    Created::at("/responses/wrapped/result/7", Json(VALUE))
}

#[get("/either/{id}")]
async fn either(id: u8) -> Either<Json<Value>, Html<&'static str>> {
    match id {
        ..100 => Either::Left(Json(VALUE)),
        _ => Either::Right(Html("<p>7</p>")),
    }
}

#[get("/attachment")]
async fn attachment() -> Attachment<&'static str> {
    Attachment::new("report.txt", "text")
}

#[get("/redirect")]
async fn redirect() -> Redirect<307> {
    Redirect::temporary("/responses/plain/text")
}

#[get("/see-other")]
async fn see_other() -> Redirect {
    Redirect::to("/responses/plain/text")
}

#[get("/revision")]
async fn revision() -> (Revision, Json<Value>) {
    (Revision::tag(7), Json(VALUE))
}

#[get("/error")]
async fn error() -> Result<Json<Value>, highball::Error> {
    Ok(Json(VALUE))
}

#[get("/stated", answers(202 => Json<Value>, 503 => "the queue is full"))]
async fn stated() -> Response {
    (StatusCode::ACCEPTED, Json(VALUE)).into_response()
}

/// Wrappers.
#[routes("/wrapped")]
struct Wrapped(
    option,
    result,
    created,
    either,
    attachment,
    redirect,
    see_other,
    revision,
    error,
    stated,
);

#[get("/status")]
async fn status() -> StatusCode {
    StatusCode::OK
}

#[get("/pair")]
async fn pair() -> (StatusCode, Json<Value>) {
    (StatusCode::OK, Json(VALUE))
}

#[get("/response")]
async fn response() -> Response {
    ().into_response()
}

#[get("/body")]
async fn body() -> Body {
    "body".into()
}

#[get("/unnamed")]
async fn unnamed() -> impl IntoResponse {
    "text"
}

/// Responses whose answers are not known.
#[routes("/unknown")]
struct Unknown(status, pair, response, body, unnamed);
