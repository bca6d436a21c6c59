//! Parameters of the path.

use axum::{Json, extract::Path, routing::get};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::AppState;

pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(integers))
        .routes(routes!(float))
        .routes(routes!(boolean))
        .routes(routes!(character))
        .routes(routes!(text))
        .routes(routes!(non_zero))
        .routes(routes!(fields))
        .routes(routes!(positional))
        .route("/files/{*rest}", get(files))
}

#[utoipa::path(
    get,
    path = "/integers/{a}/{b}/{c}",
    params(("a", description = "A u64"), ("b", description = "An i32"), ("c", description = "A u8")),
    responses((status = 200, description = "All of them in one number", body = u64, content_type = "application/json"))
)]
async fn integers(Path((a, b, c)): Path<(u64, i32, u8)>) -> Json<u64> {
    Json(a ^ u64::from(b.unsigned_abs()) ^ u64::from(c))
}

#[utoipa::path(
    get,
    path = "/float/{value}",
    params(("value" = f64, Path, description = "A number")),
    responses((status = 200, description = "The number", body = String))
)]
async fn float(Path(value): Path<f64>) -> String {
    value.to_string()
}

#[utoipa::path(
    get,
    path = "/bool/{value}",
    params(("value" = bool, Path, description = "true or false")),
    responses((status = 200, description = "The value", body = bool, content_type = "application/json"))
)]
async fn boolean(Path(value): Path<bool>) -> Json<bool> {
    Json(value)
}

#[utoipa::path(
    get,
    path = "/char/{value}",
    params(("value" = char, Path, description = "A character")),
    responses((status = 200, description = "The character", body = String))
)]
async fn character(Path(value): Path<char>) -> String {
    value.to_string()
}

#[utoipa::path(
    get,
    path = "/text/{value}",
    params(("value" = String, Path, description = "A text")),
    responses((status = 200, description = "The text", body = String))
)]
async fn text(Path(value): Path<String>) -> String {
    value
}

#[utoipa::path(
    get,
    path = "/non-zero/{value}",
    params(("value" = u32, Path, description = "A number that is not 0", minimum = 1)),
    responses((status = 200, description = "The number", body = u32, content_type = "application/json"))
)]
async fn non_zero(Path(value): Path<std::num::NonZeroU32>) -> Json<u32> {
    Json(value.get())
}

/// Where a shape is.
#[derive(Deserialize, IntoParams)]
struct Place {
    shelf: u16,
    row: i8,
}

#[utoipa::path(
    get,
    path = "/fields/{shelf}/{row}",
    params(Place),
    responses((status = 200, description = "The product", body = i32, content_type = "application/json"))
)]
async fn fields(Path(place): Path<Place>) -> Json<i32> {
    Json(i32::from(place.shelf) * i32::from(place.row))
}

#[utoipa::path(
    get,
    path = "/positional/{a}/{b}",
    params(("a", description = "A number"), ("b", description = "A text")),
    responses((status = 200, description = "Both in one text", body = String))
)]
async fn positional(Path((a, b)): Path<(u32, String)>) -> String {
    format!("{a}{b}")
}

#[utoipa::path(
    get,
    path = "/inputs/path/files/{rest}",
    params(("rest" = String, Path, description = "The path of a file")),
    responses((status = 200, description = "The path", body = String))
)]
pub(crate) async fn files(Path(rest): Path<String>) -> String {
    rest
}
