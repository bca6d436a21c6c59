//! An app with two slots, and requests to it.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use highball::{
    middleware::Csrf,
    prelude::*,
    testing::{TestResponse, TestSession},
    tokio,
};
use highball_session::{
    Login, Session, SessionData, SessionError, Sessions, sessions, store::Store,
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Default, Serialize, Deserialize, SessionData)]
#[session(key = "a")]
struct A {
    n: u64,
}

#[derive(Debug, Default, Serialize, Deserialize, SessionData)]
#[session(key = "b")]
struct B {
    n: u64,
}

#[derive(Debug, Serialize, Deserialize, SessionData)]
#[session(key = "user", identity = name)]
struct User {
    name: String,
}

#[derive(State)]
struct AppState {
    sessions: Sessions,
}

#[post("/a")]
async fn add_a(mut a: Session<'_, A>) -> Result<NoContent, SessionError> {
    a.update(|a| a.n += 1).await?;
    Ok(NoContent)
}

#[post("/b")]
async fn add_b(mut b: Session<'_, B>) -> Result<NoContent, SessionError> {
    b.update(|b| b.n += 1).await?;
    Ok(NoContent)
}

#[get("/counts")]
async fn counts(a: Session<'_, A>, b: Session<'_, B>) -> String {
    format!("{} {}", a.n, b.n)
}

#[post("/login")]
async fn log_in(login: Login<'_, User>) -> Result<NoContent, SessionError> {
    let name = "zoe".to_owned();
    login.begin(User { name }).await?;
    Ok(NoContent)
}

#[get("/plain")]
async fn plain() -> &'static str {
    "no session"
}

#[routes(app, with(Csrf::new(), sessions))]
pub(crate) struct Api(add_a, add_b, counts, log_in, plain);

/// An app, as one of several processes that share a store.
#[derive(Clone)]
pub(crate) struct App(Arc<TestSession<Api>>);

impl App {
    pub(crate) fn start(store: impl Store) -> Self {
        let sessions = Sessions::new(store);
        Self(Arc::new(Api.test().state(AppState { sessions }).start()))
    }

    pub(crate) async fn send(&self, method: &str, path: &str, id: &str) -> TestResponse {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let mut request = self.0.request(method, path);
        if !id.is_empty() {
            request = request.header("cookie", format!("__Host-session={id}"));
        }
        request.send().await
    }

    /// Returns the status, and how long the response took.
    pub(crate) async fn timed(&self, method: &str, path: &str, id: &str) -> (u16, Duration) {
        let begun = Instant::now();
        let status = self.send(method, path, id).await.status().as_u16();
        (status, begun.elapsed())
    }

    /// Begins a session, and returns the id of its cookie.
    pub(crate) async fn begin(&self, path: &str) -> String {
        let response = self.send("POST", path, "").await;
        assert_eq!(response.status(), 204, "{}", response.text());
        let cookie = response.headers().get("set-cookie").expect("a cookie");
        let cookie = cookie.to_str().expect("a text");
        let value = cookie.strip_prefix("__Host-session=").expect("the name");
        value.split(';').next().expect("a value").to_owned()
    }

    pub(crate) async fn counts(&self, id: &str) -> (u64, u64) {
        let response = self.send("GET", "/counts", id).await;
        assert_eq!(response.status(), 200);
        let (a, b) = response.text().split_once(' ').expect("two numbers");
        (a.parse().expect("a number"), b.parse().expect("a number"))
    }
}

/// How many requests had each status.
#[derive(Debug, Default)]
pub(crate) struct Statuses {
    pub(crate) done: u64,
    pub(crate) conflicts: u64,
    pub(crate) unavailable: u64,
    pub(crate) slowest: Duration,
}

impl Statuses {
    pub(crate) fn count(&mut self, (status, took): (u16, Duration)) {
        match status {
            200 | 204 => self.done += 1,
            409 => self.conflicts += 1,
            503 => self.unavailable += 1,
            other => panic!("an unexpected status: {other}"),
        }
        self.slowest = self.slowest.max(took);
    }
}

/// Sends 64 changes of one session at once, by turns to these apps, and returns what became of those to each slot.
pub(crate) async fn crowd(apps: &[App; 2], id: &str) -> [Statuses; 2] {
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..64 {
        let (app, id) = (apps[number / 2 % 2].clone(), id.to_owned());
        let slot = number % 2;
        tasks.spawn(async move { (slot, app.timed("POST", ["/a", "/b"][slot], &id).await) });
    }
    let mut statuses = [Statuses::default(), Statuses::default()];
    for (slot, outcome) in tasks.join_all().await {
        statuses[slot].count(outcome);
    }
    statuses
}
