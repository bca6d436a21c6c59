//! A route inside of each middleware.

use std::time::Duration;

use axum::{
    extract::{DefaultBodyLimit, Request},
    http::{HeaderValue, StatusCode, header},
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
};
use axum_extra::{
    TypedHeader,
    headers::{Authorization, HeaderMapExt, authorization::Basic},
};
use tower::{ServiceBuilder, limit::GlobalConcurrencyLimitLayer};
use tower_governor::{
    GovernorLayer, governor::GovernorConfigBuilder, key_extractor::GlobalKeyExtractor,
};
use tower_http::{
    cors::CorsLayer,
    csrf::CsrfLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    set_header::SetResponseHeaderLayer,
    timeout::TimeoutLayer,
    validate_request::ValidateRequestHeaderLayer,
};
use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouterExt},
    routes,
};

use crate::AppState;

pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().merge(guards()).merge(layers())
}

fn guards() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(account).layer(ValidateRequestHeaderLayer::custom(is_ops)))
        .routes(routes!(csrf).layer(CsrfLayer::new()))
        .routes(routes!(same_origin).layer(CsrfLayer::new()))
        .routes(
            routes!(rate_limited).layer(GovernorLayer::new(
                GovernorConfigBuilder::default()
                    .per_millisecond(1)
                    .burst_size(10_000)
                    .key_extractor(GlobalKeyExtractor)
                    .finish()
                    .expect("the limit is not 0"),
            )),
        )
        .routes(routes!(custom).layer(from_fn(paid)))
}

fn layers() -> OpenApiRouter<AppState> {
    let with_headers = ServiceBuilder::new()
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetResponseHeaderLayer::overriding(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ));
    let limits = ServiceBuilder::new()
        .layer(DefaultBodyLimit::max(10))
        .layer(five_seconds());
    OpenApiRouter::new()
        .routes(routes!(cors).layer(CorsLayer::permissive()))
        .routes(routes!(security_headers).layer(with_headers))
        .routes(routes!(timeout).layer(five_seconds()))
        .routes(routes!(limited).layer(GlobalConcurrencyLimitLayer::new(2)))
        .routes(routes!(option_part).layer(limits))
}

fn five_seconds() -> TimeoutLayer {
    TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, Duration::from_secs(5))
}

#[expect(clippy::result_large_err, reason = "the layer has this signature")]
fn is_ops(request: &mut Request) -> Result<(), Response> {
    match request.headers().typed_get::<Authorization<Basic>>() {
        Some(login) if login.username() == "ops" && login.password() == "secret" => Ok(()),
        _ => {
            let challenge = [(header::WWW_AUTHENTICATE, "Basic")];
            Err((StatusCode::UNAUTHORIZED, challenge).into_response())
        }
    }
}

async fn paid(request: Request, next: Next) -> Result<Response, (StatusCode, &'static str)> {
    match request.headers().get("x-paid") {
        Some(_) => Ok(next.run(request).await),
        None => Err((StatusCode::FORBIDDEN, "pay first")),
    }
}

#[utoipa::path(
    get,
    path = "/account",
    security(("basic" = [])),
    responses(
        (status = 200, description = "The name of the account", body = String),
        (status = 401, description = "The credentials are wrong")
    )
)]
async fn account(TypedHeader(Authorization(login)): TypedHeader<Authorization<Basic>>) -> String {
    login.username().to_owned()
}

#[utoipa::path(
    post,
    path = "/csrf",
    responses(
        (status = 200, description = "Done"),
        (status = 403, description = "The request is from another origin")
    )
)]
async fn csrf() {}

#[utoipa::path(
    post,
    path = "/same-origin",
    responses(
        (status = 200, description = "Done"),
        (status = 403, description = "The request is from another origin")
    )
)]
async fn same_origin() {}

#[utoipa::path(get, path = "/cors", responses((status = 200, description = "A text", body = String)))]
async fn cors() -> &'static str {
    "cors"
}

#[utoipa::path(
    get,
    path = "/headers",
    responses((
        status = 200,
        description = "A text",
        body = String,
        headers(("x-request-id" = String, description = "The id of the request"))
    ))
)]
async fn security_headers() -> &'static str {
    "headers"
}

#[utoipa::path(
    get,
    path = "/timeout",
    responses(
        (status = 200, description = "A text", body = String),
        (status = 503, description = "It took too long")
    )
)]
async fn timeout() -> &'static str {
    "timeout"
}

#[utoipa::path(get, path = "/concurrency", responses((status = 200, description = "A text", body = String)))]
async fn limited() -> &'static str {
    "concurrency"
}

#[utoipa::path(
    get,
    path = "/rate",
    responses(
        (status = 200, description = "A text", body = String),
        (status = 429, description = "Too many requests", body = String)
    )
)]
async fn rate_limited() -> &'static str {
    "rate"
}

#[utoipa::path(
    get,
    path = "/custom",
    params(("x-paid" = String, Header, description = "The proof of a payment")),
    responses(
        (status = 200, description = "A text", body = String),
        (status = 403, description = "Pay first", body = String)
    )
)]
async fn custom() -> &'static str {
    "custom"
}

#[utoipa::path(
    get,
    path = "/option",
    responses(
        (status = 200, description = "A text", body = String),
        (status = 503, description = "It took too long")
    )
)]
async fn option_part() -> &'static str {
    "option"
}
