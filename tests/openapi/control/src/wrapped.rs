//! Wrappers of responses, and errors.

use axum::{
    Json,
    extract::Path,
    http::{HeaderName, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use axum_extra::{TypedHeader, either::Either, headers::ETag, response::Attachment};
use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    AppState,
    types::{ITEM, Item},
};

pub(crate) fn router() -> OpenApiRouter<AppState> {
    let routes = OpenApiRouter::new()
        .routes(routes!(option))
        .routes(routes!(result))
        .routes(routes!(created))
        .routes(routes!(either))
        .routes(routes!(attachment))
        .routes(routes!(redirect))
        .routes(routes!(see_other))
        .routes(routes!(revision))
        .routes(routes!(error))
        .routes(routes!(stated));
    OpenApiRouter::new().nest("/wrapped", routes)
}

/// The body of an error.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    message: String,
}

/// An error of each kind.
#[derive(Debug, IntoResponses)]
enum ValueError {
    /// There is no such value.
    #[response(status = NOT_FOUND)]
    Missing(Problem),
    /// The value exists already.
    #[response(status = CONFLICT)]
    Taken(Problem),
    /// The value is not available today.
    #[response(status = FORBIDDEN)]
    Forbidden(Problem),
}

impl IntoResponse for ValueError {
    fn into_response(self) -> Response {
        match self {
            Self::Missing(problem) => (StatusCode::NOT_FOUND, Json(problem)).into_response(),
            Self::Taken(problem) => (StatusCode::CONFLICT, Json(problem)).into_response(),
            Self::Forbidden(problem) => (StatusCode::FORBIDDEN, Json(problem)).into_response(),
        }
    }
}

fn problem(message: &str) -> Problem {
    Problem {
        message: message.to_owned(),
    }
}

/// The error of axum's example `anyhow-error-response`.
pub(crate) struct AppError(anyhow::Error);

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        let message = format!("Something went wrong: {}", self.0);
        (StatusCode::INTERNAL_SERVER_ERROR, message).into_response()
    }
}

impl<E: Into<anyhow::Error>> From<E> for AppError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

#[utoipa::path(
    get,
    path = "/option/{id}",
    params(("id" = u8, Path, description = "The id")),
    responses(
        (status = 200, description = "A value", body = Item),
        (status = 404, description = "There is no such value")
    )
)]
async fn option(Path(id): Path<u8>) -> Result<Json<Item>, StatusCode> {
    (id == 7).then_some(Json(ITEM)).ok_or(StatusCode::NOT_FOUND)
}

#[utoipa::path(
    get,
    path = "/result/{id}",
    params(("id" = u8, Path, description = "The id")),
    responses((status = 200, description = "A value", body = Item), ValueError)
)]
async fn result(Path(id): Path<u8>) -> Result<Json<Item>, ValueError> {
    match id {
        7 => Ok(Json(ITEM)),
        8 => Err(ValueError::Taken(problem("taken"))),
        9 => Err(ValueError::Forbidden(problem("not today"))),
        _ => Err(ValueError::Missing(problem("there is no such value"))),
    }
}

#[utoipa::path(
    post,
    path = "/created",
    responses((status = 201, description = "The value", body = Item, headers(("location" = String))))
)]
async fn created() -> (StatusCode, [(HeaderName, &'static str); 1], Json<Item>) {
    let location = [(header::LOCATION, "/responses/wrapped/result/7")];
    (StatusCode::CREATED, location, Json(ITEM))
}

#[utoipa::path(
    get,
    path = "/either/{id}",
    params(("id" = u8, Path, description = "The id")),
    responses((
        status = 200,
        description = "A value or a page",
        content((Item = "application/json"), (String = "text/html"))
    ))
)]
async fn either(Path(id): Path<u8>) -> Either<Json<Item>, Html<&'static str>> {
    match id {
        ..100 => Either::E1(Json(ITEM)),
        _ => Either::E2(Html("<p>7</p>")),
    }
}

#[utoipa::path(
    get,
    path = "/attachment",
    responses((
        status = 200,
        description = "A file",
        body = String,
        headers(("content-disposition" = String))
    ))
)]
async fn attachment() -> Attachment<&'static str> {
    Attachment::new("text").filename("report.txt")
}

#[utoipa::path(
    get,
    path = "/redirect",
    responses((status = 307, description = "The place of the text", headers(("location" = String))))
)]
async fn redirect() -> Redirect {
    Redirect::temporary("/responses/plain/text")
}

#[utoipa::path(
    get,
    path = "/see-other",
    responses((status = 303, description = "The place of the text", headers(("location" = String))))
)]
async fn see_other() -> Redirect {
    Redirect::to("/responses/plain/text")
}

#[utoipa::path(
    get,
    path = "/revision",
    responses((status = 200, description = "A value", body = Item, headers(("etag" = String))))
)]
async fn revision() -> Result<(TypedHeader<ETag>, Json<Item>), AppError> {
    let tag: ETag = "\"7\"".parse()?;
    Ok((TypedHeader(tag), Json(ITEM)))
}

#[utoipa::path(
    get,
    path = "/error",
    responses(
        (status = 200, description = "A value", body = Item),
        (status = 500, description = "Something went wrong", body = String)
    )
)]
async fn error() -> Result<Json<Item>, AppError> {
    Ok(Json(ITEM))
}

#[utoipa::path(
    get,
    path = "/stated",
    responses(
        (status = 202, description = "The value is in the queue", body = Item),
        (status = 503, description = "The queue is full", body = String)
    )
)]
async fn stated() -> Response {
    (StatusCode::ACCEPTED, Json(ITEM)).into_response()
}
