//! The app in Highball.

use std::sync::atomic::Ordering::Relaxed;

use highball::{http::Request, prelude::*};

use crate::fixture::{RUNS, ready};

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

/// An app whose only route has no middleware, for the cost of having middleware elsewhere in the app.
#[routes(app)]
struct Alone(none);

pub(crate) fn serve(depth: usize, requests: u64) {
    let service = Api.service(());
    send(&format!("/{depth}"), requests, |request| {
        service.call(request)
    });
}

pub(crate) fn serve_alone(requests: u64) {
    let service = Alone.service(());
    send("/0", requests, |request| service.call(request));
}

fn send<F>(path: &str, requests: u64, call: impl Fn(Request<()>) -> F)
where
    F: Future<Output = http::Response<Body>>,
{
    for _ in 0..requests {
        let request = Request::get(path).body(()).expect("a request");
        let response = ready(call(request));
        assert_eq!(response.status(), 200);
    }
}
