//! The routes of `highball-openapi-fixture` in axum and utoipa, written by their documentation. `.ci/openapi-control`
//! counts the differences between this app and its document. It listens on the port in `PORT`.
//!
//! The annotations are those of a careful user: success answers, the errors of the handler, and the answers of a
//! middleware on the route. utoipa derives parameters and bodies where it can. The answers of extractors are not
//! listed, since utoipa does not derive them and its documentation does not list them.
//!
//! These routes of the fixture have no equal and are left out:
//!
//! - `/inputs/body/bind`: no extractor accepts every format. `/inputs/body/either` has the `JsonOrForm` of axum's
//!   examples.
//! - `/inputs/head/accept`: neither axum nor axum-extra negotiates the type of a response.
//! - `/inputs/head/precondition`: tower-http evaluates preconditions for files only.
//! - `/parts/etag`: tower-http adds entity tags to files only.
//!
//! Two are similar, but not equal: axum has no checked path of a file, so `/inputs/path/files/{rest}` takes a text,
//! and `/parts/same-origin` has the same layer as `/parts/csrf`.

#![forbid(unsafe_code)]

mod bodies;
mod formats;
mod heads;
mod parts;
mod paths;
mod queries;
mod responses;
mod types;
mod wrapped;

use std::net::SocketAddr;

use axum::{Json, Router, extract::FromRef, routing::get};
use axum_extra::extract::cookie::Key;
use utoipa::{
    Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};
use utoipa_axum::router::OpenApiRouter;

/// The state of the app.
#[derive(Clone)]
struct AppState {
    key: Key,
}

impl FromRef<AppState> for Key {
    fn from_ref(state: &AppState) -> Self {
        state.key.clone()
    }
}

// `routes!` would write the `*` of a wildcard into the document, and it does not collect the schemas of
// `IntoResponses`, so these are listed here.
#[derive(OpenApi)]
#[openapi(
    info(title = "Everything", description = "Every extractor, part and response."),
    paths(paths::files),
    components(schemas(wrapped::Problem)),
    modifiers(&Schemes)
)]
struct ApiDoc;

struct Schemes;

impl Modify for Schemes {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_default();
        for (name, scheme) in [
            ("bearer", HttpAuthScheme::Bearer),
            ("basic", HttpAuthScheme::Basic),
        ] {
            let scheme = HttpBuilder::new().scheme(scheme).build();
            components.add_security_scheme(name, SecurityScheme::Http(scheme));
        }
    }
}

fn app() -> Router {
    let (router, openapi) = OpenApiRouter::with_openapi(ApiDoc::openapi())
        .nest("/inputs/path", paths::router())
        .nest("/inputs/query", queries::router())
        .nest("/inputs/body", bodies::router().merge(formats::router()))
        .nest("/inputs/head", heads::router())
        .nest("/responses", responses::router().merge(wrapped::router()))
        .nest("/parts", parts::router())
        .split_for_parts();
    let state = AppState {
        key: Key::generate(),
    };
    router
        .route("/openapi.json", get(async || Json(openapi)))
        .with_state(state)
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let port: u16 = std::env::var("PORT")?.parse()?;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    let service = app().into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).await?;
    Ok(())
}
