//! Headers, credentials and the rest of the head.

use std::net::SocketAddr;

use axum::{
    Json,
    extract::{ConnectInfo, Request},
    http::{HeaderMap, Method, StatusCode, Uri, Version},
};
use axum_extra::{
    TypedHeader,
    extract::{CookieJar, SignedCookieJar},
    headers::{
        Authorization, IfNoneMatch, Referer,
        authorization::{Basic, Bearer},
    },
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::AppState;

pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(bearer))
        .routes(routes!(optional_bearer))
        .routes(routes!(basic))
        .routes(routes!(typed))
        .routes(routes!(if_none_match))
        .routes(routes!(cookies))
        .routes(routes!(signed))
        .routes(routes!(last_event_id))
        .routes(routes!(client))
        .routes(routes!(all_headers))
        .routes(routes!(whole_request))
}

#[utoipa::path(
    get,
    path = "/bearer",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "A greeting", body = String),
        (status = 401, description = "The credentials are wrong")
    )
)]
async fn bearer(
    TypedHeader(Authorization(token)): TypedHeader<Authorization<Bearer>>,
) -> Result<String, StatusCode> {
    match token.token() {
        "secret" => Ok("hello".to_owned()),
        _ => Err(StatusCode::UNAUTHORIZED),
    }
}

#[utoipa::path(
    get,
    path = "/optional-bearer",
    security((), ("bearer" = [])),
    responses((
        status = 200,
        description = "Whether there is a token",
        body = bool,
        content_type = "application/json"
    ))
)]
async fn optional_bearer(token: Option<TypedHeader<Authorization<Bearer>>>) -> Json<bool> {
    Json(token.is_some())
}

#[utoipa::path(
    get,
    path = "/basic",
    security(("basic" = [])),
    responses(
        (status = 200, description = "A greeting", body = String),
        (status = 401, description = "The credentials are wrong")
    )
)]
async fn basic(
    TypedHeader(Authorization(login)): TypedHeader<Authorization<Basic>>,
) -> Result<String, StatusCode> {
    match (login.username(), login.password()) {
        ("ops", "secret") => Ok("hello".to_owned()),
        _ => Err(StatusCode::UNAUTHORIZED),
    }
}

#[utoipa::path(
    get,
    path = "/typed",
    params(("referer" = String, Header, description = "The page before")),
    responses((status = 200, description = "The header", body = String))
)]
async fn typed(TypedHeader(referer): TypedHeader<Referer>) -> String {
    referer.to_string()
}

#[utoipa::path(
    get,
    path = "/etag",
    params(("if-none-match" = Option<String>, Header, description = "Tags that the client has")),
    responses((
        status = 200,
        description = "Whether the header was sent",
        body = bool,
        content_type = "application/json"
    ))
)]
async fn if_none_match(tags: Option<TypedHeader<IfNoneMatch>>) -> Json<bool> {
    Json(tags.is_some())
}

#[utoipa::path(
    get,
    path = "/cookies",
    responses((status = 200, description = "The number of cookies", body = usize, content_type = "application/json"))
)]
async fn cookies(jar: CookieJar) -> Json<usize> {
    Json(jar.iter().count())
}

#[utoipa::path(
    get,
    path = "/signed",
    params(("sid" = Option<String>, Cookie, description = "A signed cookie")),
    responses((
        status = 200,
        description = "Whether the cookie is valid",
        body = bool,
        content_type = "application/json"
    ))
)]
async fn signed(jar: SignedCookieJar) -> Json<bool> {
    Json(jar.get("sid").is_some())
}

#[utoipa::path(
    get,
    path = "/last-event-id",
    params(("last-event-id" = Option<String>, Header, description = "The last event that the client has")),
    responses((
        status = 200,
        description = "Whether the header was sent",
        body = bool,
        content_type = "application/json"
    ))
)]
async fn last_event_id(headers: HeaderMap) -> Json<bool> {
    Json(headers.contains_key("last-event-id"))
}

#[utoipa::path(
    get,
    path = "/client",
    responses((status = 200, description = "The request", body = String))
)]
async fn client(
    method: Method,
    uri: Uri,
    version: Version,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
) -> String {
    format!("{method} {uri} {version:?} {}", peer.ip())
}

#[utoipa::path(
    get,
    path = "/headers",
    responses((status = 200, description = "The number of headers", body = usize, content_type = "application/json"))
)]
async fn all_headers(headers: HeaderMap) -> Json<usize> {
    Json(headers.len())
}

#[utoipa::path(
    get,
    path = "/context",
    responses((status = 200, description = "The path", body = String))
)]
async fn whole_request(request: Request) -> String {
    request.uri().path().to_owned()
}
