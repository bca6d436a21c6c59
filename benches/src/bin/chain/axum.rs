//! The same app in axum.

use std::sync::atomic::Ordering::Relaxed;

use axum::{Router, body::Body, extract::Request, middleware, response::Response, routing::get};
use tower_service::Service;

use crate::fixture::{DEPTHS, RUNS, ready};

async fn count(request: Request, next: middleware::Next) -> Response {
    RUNS.fetch_add(1, Relaxed);
    next.run(request).await
}

async fn ok() -> &'static str {
    "ok"
}

pub(crate) fn serve(depth: usize, requests: u64) {
    let path = format!("/{depth}");
    let mut app = DEPTHS.into_iter().fold(Router::new(), |app, depth| {
        let mut route = get(ok);
        for _ in 0..depth {
            route = route.layer(middleware::from_fn(count));
        }
        app.route(&format!("/{depth}"), route)
    });
    for _ in 0..requests {
        let request = Request::get(&path).body(Body::empty()).expect("a request");
        let response = ready(app.call(request)).expect("an answer");
        assert_eq!(response.status(), 200);
    }
}
