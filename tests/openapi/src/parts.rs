//! A route inside of each guard and middleware.

use highball::{
    describe::Inputs,
    extract::SameOrigin,
    middleware::{
        Account, Accounts, BasicAuth, Concurrency, Cors, Csrf, ETag, SecurityHeaders, Timeout,
        concurrency, request_id,
    },
    prelude::*,
};
use highball_rate_limit::RateLimit;

/// One route inside of each part.
#[routes("/parts")]
pub(crate) struct Parts(
    #[with(BasicAuth::realm("fixture"))] account,
    #[with(Csrf::new())] csrf,
    same_origin,
    #[with(Cors::any())] cors,
    #[with(ETag)] etag,
    #[with(SecurityHeaders::new(), request_id)] headers,
    #[with(Timeout::after(secs(5)))] timeout,
    #[with(concurrency(Concurrency::new(2)))] limited,
    #[with(RateLimit::per_second(10_000))] rate_limited,
    #[with(paid)] custom,
    option,
);

/// Returns the account of the guard `BasicAuth`.
pub(crate) fn accounts() -> Accounts {
    Accounts::new([("ops", "secret")])
}

#[guard(inputs = Inputs::header("x-paid"))]
fn paid(cx: &Context<'_>) -> Result<(), Unpaid> {
    match cx.headers().get("x-paid") {
        Some(_) => Ok(()),
        None => Err(Unpaid),
    }
}

#[derive(Debug, IntoResponse)]
#[status(403, "pay first")]
struct Unpaid;

#[get("/account")]
async fn account(account: Local<'_, Account>) -> String {
    account.name().to_owned()
}

#[post("/csrf")]
async fn csrf() {}

#[post("/same-origin")]
async fn same_origin(check: SameOrigin) {
    let _ = check;
}

#[get("/cors")]
async fn cors() -> &'static str {
    "cors"
}

#[get("/etag")]
async fn etag() -> &'static str {
    "etag"
}

#[get("/headers")]
async fn headers() -> &'static str {
    "headers"
}

#[get("/timeout")]
async fn timeout() -> &'static str {
    "timeout"
}

#[get("/concurrency")]
async fn limited() -> &'static str {
    "concurrency"
}

#[get("/rate")]
async fn rate_limited() -> &'static str {
    "rate"
}

#[get("/custom")]
async fn custom() -> &'static str {
    "custom"
}

#[post("/option", timeout = secs(5), body_limit = 10)]
async fn option(text: String) -> String {
    text
}
