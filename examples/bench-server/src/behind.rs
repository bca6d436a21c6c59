//! A route behind five middlewares.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Instant,
};

use highball::{
    http::{HeaderName, HeaderValue},
    prelude::*,
};

use crate::Message;

const RESPONSE_TIME: HeaderName = HeaderName::from_static("x-response-time");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

static HITS: AtomicU64 = AtomicU64::new(0);
static REQUESTS: AtomicU64 = AtomicU64::new(0);

/// Adds a header with the duration in microseconds.
#[middleware]
async fn response_time(cx: &mut Context<'_>, next: impl Next) -> Response {
    let begun = Instant::now();
    let mut response = next.run(cx).await;
    let micros = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
    response.set_header(RESPONSE_TIME, HeaderValue::from(micros));
    response
}

/// Counts the requests.
#[middleware]
async fn count(cx: &mut Context<'_>, next: impl Next) -> Response {
    HITS.fetch_add(1, Relaxed);
    next.run(cx).await
}

/// Adds a header with a number of 16 hexadecimal digits for each request.
#[middleware]
async fn request_id(cx: &mut Context<'_>, next: impl Next) -> Response {
    let number = REQUESTS.fetch_add(1, Relaxed);
    let mut response = next.run(cx).await;
    let mut digits = [0; 16];
    for (idx, digit) in digits.iter_mut().enumerate() {
        *digit = b"0123456789abcdef"[(number >> (60 - 4 * idx)) as usize & 15];
    }
    if let Ok(value) = HeaderValue::from_bytes(&digits) {
        response.set_header(REQUEST_ID, value);
    }
    response
}

/// Adds a header with a constant value.
#[middleware]
async fn frame_options(cx: &mut Context<'_>, next: impl Next) -> Response {
    let mut response = next.run(cx).await;
    response.set_header("x-frame-options", HeaderValue::from_static("DENY"));
    response
}

/// Rejects requests without the token.
#[middleware]
async fn token(cx: &mut Context<'_>, next: impl Next) -> Response {
    if cx.header("authorization") == Some("Bearer secret-token") {
        return next.run(cx).await;
    }
    StatusCode::UNAUTHORIZED.into_response()
}

/// Returns the same response as `/ping`, through five middlewares.
#[get("/mw", with(response_time, count, request_id, frame_options, token))]
pub(crate) async fn mw() -> Json<Message> {
    Json(Message { message: "pong" })
}
