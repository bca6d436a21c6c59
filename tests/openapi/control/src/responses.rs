//! Texts, bytes, headers, formats and streams.

use std::{borrow::Cow, convert::Infallible};

use axum::{
    Form, Json,
    body::{Body, Bytes},
    extract::Query,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{
        Html, IntoResponse, Response,
        sse::{Event, Sse},
    },
};
use axum_extra::response::ErasedJson;
use axum_valid::Valid;
use futures_util::{Stream, stream};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use validator::Validate;

use crate::{
    AppState,
    types::{ITEM, Item},
};

pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .nest("/plain", plain())
        .nest("/typed", formats())
        .nest("/unknown", unknown())
}

fn plain() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(unit))
        .routes(routes!(no_content))
        .routes(routes!(static_text))
        .routes(routes!(string))
        .routes(routes!(cow))
        .routes(routes!(bytes))
        .routes(routes!(vec))
        .routes(routes!(html))
        .routes(routes!(headers))
        .routes(routes!(array))
}

fn formats() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(json))
        .routes(routes!(pretty))
        .routes(routes!(jsonp))
        .routes(routes!(form))
        .routes(routes!(events))
}

fn unknown() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(status))
        .routes(routes!(pair))
        .routes(routes!(response))
        .routes(routes!(body))
        .routes(routes!(unnamed))
}

#[utoipa::path(get, path = "/unit", responses((status = 200, description = "Nothing")))]
async fn unit() {}

#[utoipa::path(get, path = "/no-content", responses((status = 204, description = "Nothing")))]
async fn no_content() -> StatusCode {
    StatusCode::NO_CONTENT
}

#[utoipa::path(get, path = "/text", responses((status = 200, description = "A text", body = String)))]
async fn static_text() -> &'static str {
    "text"
}

#[utoipa::path(get, path = "/string", responses((status = 200, description = "A text", body = String)))]
async fn string() -> String {
    "text".to_owned()
}

#[utoipa::path(get, path = "/cow", responses((status = 200, description = "A text", body = String)))]
async fn cow() -> Cow<'static, str> {
    "text".into()
}

#[utoipa::path(
    get,
    path = "/bytes",
    responses((status = 200, description = "Bytes", body = Vec<u8>, content_type = "application/octet-stream"))
)]
async fn bytes() -> Bytes {
    Bytes::from_static(b"bytes")
}

#[utoipa::path(
    get,
    path = "/vec",
    responses((status = 200, description = "Bytes", body = Vec<u8>, content_type = "application/octet-stream"))
)]
async fn vec() -> Vec<u8> {
    vec![0, 255]
}

#[utoipa::path(
    get,
    path = "/html",
    responses((status = 200, description = "A page", body = String, content_type = "text/html"))
)]
async fn html() -> Html<&'static str> {
    Html("<p>html</p>")
}

#[utoipa::path(get, path = "/headers", responses((status = 200, description = "Nothing")))]
async fn headers() -> HeaderMap {
    HeaderMap::new()
}

#[utoipa::path(
    get,
    path = "/array",
    responses((status = 200, description = "Nothing", headers(("cache-control" = String))))
)]
async fn array() -> [(HeaderName, HeaderValue); 1] {
    [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))]
}

#[utoipa::path(get, path = "/json", responses((status = 200, description = "A value", body = Item)))]
async fn json() -> Json<Item> {
    Json(ITEM)
}

#[utoipa::path(get, path = "/pretty", responses((status = 200, description = "A value", body = Item)))]
async fn pretty() -> ErasedJson {
    ErasedJson::pretty(ITEM)
}

/// The query of a script.
#[derive(Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
struct Script {
    #[validate(custom(function = "identifier"))]
    #[param(pattern = r"^[A-Za-z_$][A-Za-z0-9_$]{0,20}$")]
    callback: String,
}

fn identifier(name: &str) -> Result<(), validator::ValidationError> {
    let is_first = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_' || byte == b'$';
    match name.as_bytes() {
        [first, rest @ ..]
            if is_first(*first)
                && rest.len() <= 20
                && rest
                    .iter()
                    .all(|&byte| is_first(byte) || byte.is_ascii_digit()) =>
        {
            Ok(())
        }
        _ => Err(validator::ValidationError::new("identifier")),
    }
}

#[utoipa::path(
    get,
    path = "/jsonp",
    params(Script),
    responses((status = 200, description = "A script", body = String, content_type = "text/javascript"))
)]
async fn jsonp(Valid(Query(script)): Valid<Query<Script>>) -> impl IntoResponse {
    let script = format!("{}({{\"id\":7}});", script.callback);
    (
        [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")],
        script,
    )
}

#[utoipa::path(
    get,
    path = "/form",
    responses((
        status = 200,
        description = "A value",
        body = Item,
        content_type = "application/x-www-form-urlencoded"
    ))
)]
async fn form() -> Form<Item> {
    Form(ITEM)
}

#[utoipa::path(
    get,
    path = "/events",
    responses((status = 200, description = "Events", content(("text/event-stream"))))
)]
async fn events() -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    Sse::new(stream::iter([Ok(Event::default().data("hello"))]))
}

#[utoipa::path(get, path = "/status", responses((status = 200, description = "Nothing")))]
async fn status() -> StatusCode {
    StatusCode::OK
}

#[utoipa::path(get, path = "/pair", responses((status = 200, description = "A value", body = Item)))]
async fn pair() -> (StatusCode, Json<Item>) {
    (StatusCode::OK, Json(ITEM))
}

#[utoipa::path(get, path = "/response", responses((status = 200, description = "Nothing")))]
async fn response() -> Response {
    ().into_response()
}

#[utoipa::path(get, path = "/body", responses((status = 200, description = "A body")))]
async fn body() -> Body {
    "body".into()
}

#[utoipa::path(get, path = "/unnamed", responses((status = 200, description = "A text", body = String)))]
async fn unnamed() -> impl IntoResponse {
    "text"
}
