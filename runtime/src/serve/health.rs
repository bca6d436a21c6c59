//! The health routes: liveness and readiness.

use highball_macros::get;
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use crate::{
    request::{Context, Readiness},
    response::{IntoResponse, Json, Response},
};

/// A liveness route: `GET /livez` responds with 200 while the runtimes of the server run, and with 503 if one has been
/// blocked for a second.
///
/// List it among the routes of an app, or of an app for operators. A supervisor that gets no response, or a 503 several
/// times, restarts the process. The route checks no dependency, because a failed database would otherwise restart every
/// process. Its priority is critical, so that a full [`Capacity`](crate::serve::Capacity) does not fail it. With
/// `quiet`, nothing watches the runtimes, and the response is 200.
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
#[get("/livez", priority = critical, crate = crate)]
pub async fn livez(cx: &mut Context<'_>) -> Response {
    let (status, word) = match cx.health().is_blocked() {
        false => (StatusCode::OK, "alive"),
        true => (StatusCode::SERVICE_UNAVAILABLE, "blocked"),
    };
    not_stored(status, json!({ "status": word }))
}

/// A readiness route: `GET /readyz` responds with 200 if the server accepts requests, else with 503.
///
/// List it among the routes of an app, for a load balancer. The response is 503 while the server
/// starts or stops, and if a check of [`Serve::check`](crate::serve::Serve::check) fails. If only checks of
/// [`Serve::optional_check`](crate::serve::Serve::optional_check) fail, it is 200 with the status `degraded`. It lists
/// the checks with their results. The reason of a failure is logged and not sent. Its priority is critical:
/// if a load balancer removed each overloaded server, the next one would be overloaded.
///
/// # Examples
/// ```
/// use highball::prelude::*;
///
/// #[routes(app)]
/// struct Api(highball::serve::readyz);
///
/// # highball::block_on(async {
/// let response = Api.test().get("/readyz").send().await;
/// assert_eq!(response.status(), 200);
/// # });
/// ```
#[get("/readyz", priority = critical, crate = crate)]
pub async fn readyz(cx: &mut Context<'_>) -> Response {
    let health = cx.health();
    if !health.is_ready() {
        return not_stored(
            StatusCode::SERVICE_UNAVAILABLE,
            json!({ "status": "not ready" }),
        );
    }
    let (readiness, checks) = health.check(cx.tasks()).await;
    let (status, word) = match readiness {
        Readiness::Ready => (StatusCode::OK, "ready"),
        Readiness::Degraded => (StatusCode::OK, "degraded"),
        Readiness::NotReady => (StatusCode::SERVICE_UNAVAILABLE, "not ready"),
    };
    not_stored(status, json!({ "status": word, "checks": checks }))
}

/// Creates a response that caches must not store.
fn not_stored(status: StatusCode, body: Value) -> Response {
    let mut response = (status, Json(body)).into_response();
    let no_store = HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, no_store);
    response
}
