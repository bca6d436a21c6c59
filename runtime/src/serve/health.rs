//! The routes that report whether the process lives and whether it accepts requests.

use highball_macros::get;
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use crate::{
    request::Context,
    response::{IntoResponse, Json, Response},
};

/// Says that the process lives: `GET /livez` is 200 as long as it answers at all.
///
/// List it among the routes of an app; a supervisor that gets no answer starts the process anew. It
/// asks nothing of what the app depends on, or a database that is down would have every process
/// started anew.
///
/// # Examples
/// ```
/// use highball::prelude::*;
///
/// #[routes(app)]
/// struct Api(highball::serve::livez, highball::serve::readyz);
///
/// # highball::block_on(async {
/// assert_eq!(Api.test().get("/livez").send().await.status(), 200);
/// # });
/// ```
#[get("/livez", crate = crate)]
pub async fn livez() -> Response {
    not_stored(StatusCode::OK, json!({ "status": "alive" }))
}

/// Says whether requests may be sent here: `GET /readyz` is 200, or 503 while the server starts or
/// stops, or where a check fails that [`Serve::check`](crate::serve::Serve::check) has named.
///
/// List it among the routes of an app, for whatever shares requests out. The answer names the checks
/// and says which have failed; why is printed, not sent.
#[get("/readyz", crate = crate)]
pub async fn readyz(cx: &mut Context<'_>) -> Response {
    let health = cx.health();
    if !health.is_ready() {
        return not_stored(
            StatusCode::SERVICE_UNAVAILABLE,
            json!({ "status": "not ready" }),
        );
    }
    let (passed, checks) = health.check(cx.tasks()).await;
    let (status, word) = match passed {
        true => (StatusCode::OK, "ready"),
        false => (StatusCode::SERVICE_UNAVAILABLE, "not ready"),
    };
    not_stored(status, json!({ "status": word, "checks": checks }))
}

fn not_stored(status: StatusCode, body: Value) -> Response {
    let mut response = (status, Json(body)).into_response();
    let no_store = HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, no_store);
    response
}
