//! The same app in axum with tower-sessions.

use axum::{
    Router,
    body::Body,
    extract::Request,
    response::Response,
    routing::{get, post},
};
use highball::tokio::{runtime, task::JoinSet};
use http::header;
use tower_service::Service;
use tower_sessions::{MemoryStore, Session, SessionManagerLayer};

use crate::AT_ONCE;

async fn ok() -> &'static str {
    "ok"
}

async fn read(session: Session) -> String {
    let count: Option<u64> = session.get("count").await.expect("a value");
    count.unwrap_or_default().to_string()
}

async fn changed(session: Session) -> &'static str {
    let count: Option<u64> = session.get("count").await.expect("a value");
    session
        .insert("count", count.unwrap_or_default() + 1)
        .await
        .expect("a change");
    "ok"
}

fn app() -> Router {
    let sessions = SessionManagerLayer::new(MemoryStore::default());
    Router::new()
        .route("/unused", get(ok))
        .route("/read", get(read))
        .route("/changed", post(changed))
        .layer(sessions)
}

async fn call(app: &mut Router, method: &str, path: &str, cookie: &str) -> Response {
    let mut request = Request::builder().method(method).uri(path);
    if !cookie.is_empty() {
        request = request.header("cookie", cookie);
    }
    let request = request.body(Body::empty()).expect("a request");
    let response = app.call(request).await.expect("an answer");
    assert_eq!(response.status(), 200);
    response
}

/// Begins a session, and returns its cookie.
async fn begin(app: &mut Router) -> String {
    let response = call(app, "POST", "/changed", "").await;
    let cookie = response.headers()[header::SET_COOKIE]
        .to_str()
        .expect("text");
    cookie.split(';').next().expect("a pair").to_owned()
}

pub(crate) fn serve(case: &str, requests: u64) {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        if case == "none" {
            let mut app = Router::new().route("/none", get(ok));
            for _ in 0..requests {
                call(&mut app, "GET", "/none", "").await;
            }
            return;
        }
        let mut app = app();
        let cookie = begin(&mut app).await;
        for _ in 0..requests {
            match case {
                "changed" => call(&mut app, "POST", "/changed", &cookie).await,
                "unused" => call(&mut app, "GET", "/unused", &cookie).await,
                "visitor" => call(&mut app, "GET", "/read", "").await,
                _ => call(&mut app, "GET", "/read", &cookie).await,
            };
        }
    });
}

/// Changes one session by many requests, and returns how many of the changes are there.
pub(crate) fn change_at_once() -> usize {
    let runtime = runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let mut app = app();
        let cookie = begin(&mut app).await;
        let mut tasks = JoinSet::new();
        for _ in 0..AT_ONCE {
            let (mut app, cookie) = (app.clone(), cookie.clone());
            tasks.spawn(async move { call(&mut app, "POST", "/changed", &cookie).await.status() });
        }
        while let Some(status) = tasks.join_next().await {
            assert_eq!(status.expect("no panic"), 200);
        }
        let response = call(&mut app, "GET", "/read", &cookie).await;
        let body = axum::body::to_bytes(response.into_body(), 100)
            .await
            .expect("a body");
        let count: usize = String::from_utf8_lossy(&body).parse().expect("a number");
        // The first change has begun the session.
        count - 1
    })
}
