//! Bodies in JSON and forms, and those without a format.

use axum::{
    Json, RequestExt,
    body::{Body, Bytes},
    extract::{
        Form, FromRequest, Multipart, Request, multipart::MultipartError, rejection::JsonRejection,
    },
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use axum_valid::Valid;
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use validator::Validate;

use crate::{
    AppState,
    types::{Color, Flat},
    wrapped::AppError,
};

pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(json_body))
        .routes(routes!(optional))
        .routes(routes!(result_body))
        .routes(routes!(valid))
        .routes(routes!(form_body))
        .routes(routes!(either_body))
        .routes(routes!(text_body))
        .routes(routes!(bytes_body))
        .routes(routes!(stream))
        .routes(routes!(multipart))
}

/// A shape, with a tag.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Shape {
    Circle { radius: u32 },
    Square { side: u32 },
}

/// A thing with fields of every kind.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Thing {
    id: u64,
    name: String,
    #[serde(default)]
    tags: Vec<String>,
    color: Option<Color>,
    shape: Shape,
    #[serde(default = "one")]
    count: u16,
    #[schema(no_recursion)]
    parent: Option<Box<Thing>>,
}

fn one() -> u16 {
    1
}

/// A thing with rules.
#[derive(Debug, Serialize, Deserialize, ToSchema, Validate)]
struct Ruled {
    #[validate(length(min = 2, max = 10))]
    #[schema(min_length = 2, max_length = 10)]
    name: String,
    #[validate(range(min = 18, max = 130))]
    #[schema(minimum = 18, maximum = 130)]
    age: u8,
    #[validate(length(max = 3))]
    #[schema(max_items = 3)]
    nicks: Vec<String>,
}

#[utoipa::path(
    post,
    path = "/json",
    request_body = Thing,
    responses((status = 200, description = "The thing", body = Thing))
)]
async fn json_body(Json(thing): Json<Thing>) -> Json<Thing> {
    Json(thing)
}

#[utoipa::path(
    post,
    path = "/optional",
    request_body = Option<Flat>,
    responses((status = 200, description = "The value, if there is one", body = Option<Flat>))
)]
async fn optional(flat: Option<Json<Flat>>) -> Json<Option<Flat>> {
    Json(flat.map(|Json(flat)| flat))
}

#[utoipa::path(
    post,
    path = "/result",
    request_body = Flat,
    responses((
        status = 200,
        description = "Whether the value is valid",
        body = bool,
        content_type = "application/json"
    ))
)]
async fn result_body(flat: Result<Json<Flat>, JsonRejection>) -> Json<bool> {
    Json(flat.is_ok())
}

#[utoipa::path(
    post,
    path = "/valid",
    request_body = Ruled,
    responses((status = 200, description = "The thing", body = Ruled))
)]
async fn valid(Valid(Json(ruled)): Valid<Json<Ruled>>) -> Json<Ruled> {
    Json(ruled)
}

#[utoipa::path(
    post,
    path = "/form",
    request_body(content = Flat, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "The value", body = Flat))
)]
async fn form_body(Form(flat): Form<Flat>) -> Json<Flat> {
    Json(flat)
}

/// The extractor of axum's example `parse-body-based-on-content-type`.
struct JsonOrForm<T>(T);

impl<S, T> FromRequest<S> for JsonOrForm<T>
where
    S: Send + Sync,
    Json<T>: FromRequest<()>,
    Form<T>: FromRequest<()>,
    T: 'static,
{
    type Rejection = Response;

    async fn from_request(req: Request, _state: &S) -> Result<Self, Self::Rejection> {
        let content_type = req.headers().get(CONTENT_TYPE);
        let content_type = content_type
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        if content_type.starts_with("application/json") {
            let Json(payload) = req.extract().await.map_err(IntoResponse::into_response)?;
            return Ok(Self(payload));
        }
        if content_type.starts_with("application/x-www-form-urlencoded") {
            let Form(payload) = req.extract().await.map_err(IntoResponse::into_response)?;
            return Ok(Self(payload));
        }
        Err(StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response())
    }
}

#[utoipa::path(
    post,
    path = "/either",
    request_body(content((Flat = "application/json"), (Flat = "application/x-www-form-urlencoded"))),
    responses(
        (status = 200, description = "The value", body = Flat),
        (status = 415, description = "The body is neither JSON nor a form")
    )
)]
async fn either_body(JsonOrForm(flat): JsonOrForm<Flat>) -> Json<Flat> {
    Json(flat)
}

#[utoipa::path(
    post,
    path = "/text",
    request_body = String,
    responses((status = 200, description = "The text", body = String))
)]
async fn text_body(text: String) -> String {
    text
}

#[utoipa::path(
    post,
    path = "/bytes",
    request_body = Vec<u8>,
    responses((status = 200, description = "The bytes", body = Vec<u8>, content_type = "application/octet-stream"))
)]
async fn bytes_body(bytes: Bytes) -> Bytes {
    bytes
}

#[utoipa::path(
    post,
    path = "/stream",
    request_body = Vec<u8>,
    responses(
        (status = 200, description = "The length", body = usize, content_type = "application/json"),
        (status = 500, description = "The body could not be read", body = String)
    )
)]
async fn stream(body: Body) -> Result<Json<usize>, AppError> {
    let mut length = 0;
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        length += chunk?.len();
    }
    Ok(Json(length))
}

/// Just a schema for axum's multipart.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct Upload {
    name: String,
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    file: String,
}

#[utoipa::path(
    post,
    path = "/multipart",
    request_body(content = Upload, content_type = "multipart/form-data"),
    responses(
        (status = 200, description = "The number of fields", body = usize, content_type = "application/json"),
        (status = 400, description = "A field is not valid", body = String)
    )
)]
async fn multipart(mut form: Multipart) -> Result<Json<usize>, MultipartError> {
    let mut count = 0;
    while let Some(field) = form.next_field().await? {
        field.bytes().await?;
        count += 1;
    }
    Ok(Json(count))
}
