//! Highball's chain.

use std::sync::atomic::Ordering::Relaxed;

use highball::{__private::Endpoint, App, http::Request, prelude::*};

use super::{RUNS, ready};

#[middleware]
async fn count(cx: &mut Context<'_>, next: impl Next) -> Response {
    RUNS.fetch_add(1, Relaxed);
    next.run(cx).await
}

#[get("/0")]
async fn none() -> &'static str {
    "ok"
}

#[get("/1", with(count))]
async fn one() -> &'static str {
    "ok"
}

#[get("/5", with(count, count, count, count, count))]
async fn five() -> &'static str {
    "ok"
}

#[get(
    "/10",
    with(count, count, count, count, count, count, count, count, count, count)
)]
async fn ten() -> &'static str {
    "ok"
}

#[routes(app)]
struct Api(none, one, five, ten);

/// The route without a middleware, in an app that has none.
#[routes(app)]
struct Alone(none);

pub(super) fn serve(depth: usize, requests: u64) {
    send(Api, &format!("/{depth}"), requests);
}

pub(super) fn serve_alone(requests: u64) {
    send(Alone, "/0", requests);
}

fn send(app: impl App + Endpoint<()>, path: &str, requests: u64) {
    let service = app.service(());
    for _ in 0..requests {
        let request = Request::get(path).body(()).expect("a request");
        let response = ready(service.call(request));
        assert_eq!(response.status(), 200);
    }
}
