//! Middleware that runs around every handler.

use std::time::Instant;

use highball::prelude::*;

/// Adds the header `Server-Timing` with the duration of the request in milliseconds.
#[middleware(answers())]
pub(crate) async fn timing(cx: &mut Context<'_>, next: impl Next) -> Response {
    let start = Instant::now();
    let mut response = next.run(cx).await;
    let took = start.elapsed().as_secs_f64() * 1000.0;
    response.set_header("server-timing", format!("app;dur={took:.3}"));
    response
}
