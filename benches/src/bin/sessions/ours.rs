//! The app with `highball-session`.

use std::sync::Arc;

use highball::{
    http::Request,
    middleware::Csrf,
    prelude::*,
    tokio::{runtime, task::JoinSet},
};
use highball_session::{Session, SessionData, SessionError, Sessions, sessions};
use serde::{Deserialize, Serialize};

use crate::AT_ONCE;

#[derive(Default, Serialize, Deserialize, SessionData)]
#[session(key = "count")]
struct Count(u64);

#[get("/none")]
async fn none() -> &'static str {
    "ok"
}

#[get("/unused")]
async fn unused() -> &'static str {
    "ok"
}

#[get("/read")]
async fn read(count: Session<'_, Count>) -> String {
    count.0.to_string()
}

#[post("/changed")]
async fn changed(mut count: Session<'_, Count>) -> Result<&'static str, SessionError> {
    count.update(|count| count.0 += 1).await?;
    Ok("ok")
}

#[derive(State)]
struct AppState {
    sessions: Sessions,
}

#[routes(app, with(Csrf::new(), sessions))]
struct Api(unused, read, changed);

/// An app without sessions, with the same guard.
#[routes(app, with(Csrf::new()))]
struct Bare(none);

fn state() -> AppState {
    AppState {
        sessions: Sessions::memory(),
    }
}

pub(crate) fn serve(case: &str, requests: u64) {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        if case == "none" {
            let service = Bare.service(());
            for _ in 0..requests {
                let request = Request::get("/none").body(()).expect("a request");
                assert_eq!(service.call(request).await.status(), 200);
            }
            return;
        }
        let state = state();
        let begun = state
            .sessions
            .visitor()
            .slot(Count(7))
            .cookie()
            .await
            .expect("a session");
        let cookie = format!("{}={}", begun.0, begun.1);
        let service = Api.service(state);
        for _ in 0..requests {
            let request = match case {
                "changed" => Request::post("/changed"),
                "unused" => Request::get("/unused"),
                _ => Request::get("/read"),
            };
            let request = match case {
                "visitor" => request,
                _ => request.header("cookie", &cookie),
            };
            let response = service.call(request.body(()).expect("a request")).await;
            assert_eq!(response.status(), 200);
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
        let state = state();
        let (name, value) = state
            .sessions
            .visitor()
            .slot(Count(0))
            .cookie()
            .await
            .expect("a session");
        let app = Arc::new(Api.test().state(state).start());
        let mut tasks = JoinSet::new();
        for _ in 0..AT_ONCE {
            let (app, value) = (Arc::clone(&app), value.clone());
            tasks.spawn(async move {
                app.post("/changed")
                    .cookie(name, &value)
                    .send()
                    .await
                    .status()
            });
        }
        while let Some(status) = tasks.join_next().await {
            assert_eq!(status.expect("no panic"), 200);
        }
        let response = app.get("/read").cookie(name, &value).send().await;
        response.text().parse().expect("a number")
    })
}
