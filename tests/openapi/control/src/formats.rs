//! Bodies in other formats, with axum-serde.

use axum_serde::{MsgPack, Toml, Xml, Yaml};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{AppState, types::Flat};

pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(xml))
        .routes(routes!(yaml))
        .routes(routes!(toml))
        .routes(routes!(msgpack))
}

#[utoipa::path(
    post,
    path = "/xml",
    request_body(content = Flat, content_type = "application/xml"),
    responses((status = 200, description = "The value", body = Flat, content_type = "application/xml"))
)]
async fn xml(Xml(flat): Xml<Flat>) -> Xml<Flat> {
    Xml(flat)
}

#[utoipa::path(
    post,
    path = "/yaml",
    request_body(content = Flat, content_type = "application/yaml"),
    responses((status = 200, description = "The value", body = Flat, content_type = "application/yaml"))
)]
async fn yaml(Yaml(flat): Yaml<Flat>) -> Yaml<Flat> {
    Yaml(flat)
}

#[utoipa::path(
    post,
    path = "/toml",
    request_body(content = Flat, content_type = "application/toml"),
    responses((status = 200, description = "The value", body = Flat, content_type = "application/toml"))
)]
async fn toml(Toml(flat): Toml<Flat>) -> Toml<Flat> {
    Toml(flat)
}

#[utoipa::path(
    post,
    path = "/msgpack",
    request_body(content = Flat, content_type = "application/msgpack"),
    responses((status = 200, description = "The value", body = Flat, content_type = "application/msgpack"))
)]
async fn msgpack(MsgPack(flat): MsgPack<Flat>) -> MsgPack<Flat> {
    MsgPack(flat)
}
