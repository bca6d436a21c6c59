//! The app of the tests.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use highball::{
    battery::{Battery, Gauge, Hooks, Registry},
    middleware::Csrf,
    prelude::*,
    testing::{Clock, TestResponse, TestSession},
};
use highball_session::{Fresh, Login, Session, SessionData, SessionError, Sessions, sessions};
use serde::{Deserialize, Serialize};

use super::plain::Plain;

#[derive(Debug, Default, Serialize, Deserialize, SessionData)]
#[session(key = "cart", version = 2)]
pub(crate) struct Cart {
    pub(crate) items: Vec<u64>,
}

#[derive(Debug, Default, Serialize, Deserialize, SessionData)]
#[session(key = "views")]
pub(crate) struct Views {
    pub(crate) count: u64,
}

#[derive(Debug, Default, Serialize, Deserialize, SessionData)]
#[session(key = "messages")]
pub(crate) struct Messages(Vec<String>);

#[derive(Debug, Serialize, Deserialize, SessionData)]
#[session(key = "user", identity = name)]
pub(crate) struct User {
    name: String,
}

#[derive(State)]
pub(crate) struct AppState {
    sessions: Sessions,
}

#[post("/cart/{id}")]
async fn add(id: u64, mut cart: Session<'_, Cart>) -> Result<Json<usize>, SessionError> {
    cart.update(|cart| cart.items.push(id)).await?;
    Ok(Json(cart.items.len()))
}

#[get("/cart")]
async fn show(cart: Session<'_, Cart>) -> Json<Vec<u64>> {
    Json(cart.items.clone())
}

#[post("/views")]
async fn view(mut views: Session<'_, Views>) -> Result<Json<u64>, SessionError> {
    Ok(Json(
        views
            .update(|views| {
                views.count += 1;
                views.count
            })
            .await?,
    ))
}

#[post("/both")]
async fn both(
    mut cart: Session<'_, Cart>,
    mut views: Session<'_, Views>,
) -> Result<NoContent, SessionError> {
    let cart = cart.update(|cart| cart.items.push(1));
    let views = views.update(|views| views.count += 1);
    let (cart, views) = highball::tokio::join!(cart, views);
    cart.and(views)?;
    Ok(NoContent)
}

#[post("/say/{text}")]
async fn say(text: String, mut messages: Session<'_, Messages>) -> Result<NoContent, SessionError> {
    messages
        .update(|messages| messages.0.push(text.clone()))
        .await?;
    Ok(NoContent)
}

#[get("/messages")]
async fn messages(mut messages: Session<'_, Messages>) -> Result<Json<Vec<String>>, SessionError> {
    Ok(Json(messages.take().await?.0))
}

#[post("/large")]
async fn large(mut messages: Session<'_, Messages>) -> Result<NoContent, SessionError> {
    messages
        .update(|messages| messages.0.push("x".repeat(70_000)))
        .await?;
    Ok(NoContent)
}

#[post("/login/{name}")]
async fn log_in(name: String, login: Login<'_, User>) -> Result<NoContent, SessionError> {
    login.begin(User { name }).await?;
    Ok(NoContent)
}

#[post("/remember/{name}")]
async fn remember(name: String, login: Login<'_, User>) -> Result<NoContent, SessionError> {
    login.remember(true).begin(User { name }).await?;
    Ok(NoContent)
}

/// Stores the user again.
#[post("/rename/{name}")]
async fn rename(name: String, login: Login<'_, User>) -> Result<NoContent, SessionError> {
    login.refresh(User { name }).await?;
    Ok(NoContent)
}

/// Changes the cart after a second of the app's clock.
#[post("/late/{id}")]
async fn late(
    id: u64,
    mut cart: Session<'_, Cart>,
    cx: &mut Context<'_>,
) -> Result<NoContent, SessionError> {
    cx.note("late", id);
    cx.clock().sleep(Duration::from_secs(1)).await;
    cart.update(|cart| cart.items.push(id)).await?;
    Ok(NoContent)
}

/// Logs out after a second of the app's clock.
#[post("/late-logout")]
async fn late_log_out(
    login: Login<'_, User>,
    cx: &mut Context<'_>,
) -> Result<NoContent, SessionError> {
    cx.note("late", 1);
    cx.clock().sleep(Duration::from_secs(1)).await;
    login.end().await?;
    Ok(NoContent)
}

#[post("/logout")]
async fn log_out(login: Login<'_, User>) -> Result<NoContent, SessionError> {
    login.end().await?;
    Ok(NoContent)
}

#[post("/logout/all")]
async fn log_out_all(login: Login<'_, User>) -> Result<Json<usize>, SessionError> {
    Ok(Json(login.end_all().await?))
}

#[post("/logout/others")]
async fn log_out_others(login: Login<'_, User>) -> Result<Json<usize>, SessionError> {
    Ok(Json(login.end_others().await?))
}

#[get("/devices")]
async fn devices(
    login: Login<'_, User>,
) -> Result<Json<Vec<(String, String, bool)>>, SessionError> {
    let devices = login.devices().await?.into_iter();
    Ok(Json(
        devices
            .map(|device| (device.id, device.agent, device.is_this))
            .collect(),
    ))
}

#[delete("/devices/{id}")]
async fn end_device(id: String, login: Login<'_, User>) -> Result<Json<bool>, SessionError> {
    Ok(Json(login.end_device(&id).await?))
}

#[get("/me")]
async fn me(user: Session<'_, User>) -> String {
    user.name.clone()
}

#[get("/maybe")]
async fn maybe(user: Option<Session<'_, User>>) -> String {
    user.map_or("a visitor".to_owned(), |user| user.name.clone())
}

#[get("/fresh")]
async fn fresh(user: Fresh<User, 300>) -> String {
    user.name.clone()
}

/// Reads for a second of the app's clock.
#[get("/slow")]
async fn slow(cart: Session<'_, Cart>, cx: &mut Context<'_>) -> Json<usize> {
    cx.clock().sleep(Duration::from_secs(1)).await;
    cx.note("slept", 1);
    Json(cart.items.len())
}

#[guard]
fn signed_in(_user: Session<'_, User>) -> Result<(), Rejection> {
    Ok(())
}

#[get("/guarded", with(signed_in))]
async fn guarded() -> &'static str {
    "guarded"
}

#[get("/plain")]
async fn plain() -> &'static str {
    "no session"
}

#[get("/cached")]
async fn cached(cart: Session<'_, Cart>, cx: &mut Context<'_>) -> Json<usize> {
    cx.set_header("cache-control", "private, max-age=60");
    Json(cart.items.len())
}

#[routes(app, with(Csrf::new(), sessions))]
pub(crate) struct Api(
    add,
    show,
    view,
    both,
    say,
    messages,
    large,
    log_in,
    remember,
    rename,
    late,
    late_log_out,
    log_out,
    log_out_all,
    log_out_others,
    devices,
    end_device,
    me,
    maybe,
    fresh,
    slow,
    guarded,
    plain,
    cached,
);

/// The app with its store and its clock.
pub(crate) struct App {
    pub(crate) store: &'static Plain,
    pub(crate) clock: Clock,
    pub(crate) client: TestSession<Api>,
    sessions: Sessions,
}

/// A battery that keeps the gauges of the others.
#[derive(Clone, Default)]
struct Probe(Arc<OnceLock<Registry>>);

impl Battery for Probe {
    fn name(&self) -> String {
        "probe".to_owned()
    }

    fn install(self, hooks: &mut Hooks<'_>) {
        let _first = self.0.set(hooks.registry());
    }
}

impl App {
    pub(crate) fn start() -> Self {
        Self::start_with(|sessions| sessions)
    }

    pub(crate) fn start_with(settings: impl FnOnce(Sessions) -> Sessions) -> Self {
        let store: &'static Plain = Box::leak(Box::default());
        let (clock, sessions) = (Clock::new(), settings(Sessions::new(store)));
        let state = AppState {
            sessions: sessions.clone(),
        };
        let client = Api.test().state(state).clock(&clock).start();
        Self {
            store,
            clock,
            client,
            sessions,
        }
    }

    /// Returns the gauges of the sessions, which a server registers.
    pub(crate) fn gauges(&self) -> Vec<Gauge> {
        let (sessions, probe) = (self.sessions.clone(), Probe::default());
        let state = AppState {
            sessions: sessions.clone(),
        };
        let serving = highball::serve(Api).state(state);
        drop(serving.install(sessions).install(probe.clone()));
        probe.0.get().map(Registry::gauges).unwrap_or_default()
    }

    /// Sends a request with this cookie.
    pub(crate) async fn send(&self, method: &str, path: &str, cookie: &str) -> TestResponse {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let mut request = self.client.request(method, path);
        if !cookie.is_empty() {
            request = request.header("cookie", format!("__Host-session={cookie}"));
        }
        request.send().await
    }

    /// Sends a request, and returns the id that its response sets.
    pub(crate) async fn begin(&self, method: &str, path: &str, cookie: &str) -> String {
        let response = self.send(method, path, cookie).await;
        assert!(
            response.status().is_success(),
            "{}: {}",
            response.status(),
            response.text()
        );
        id_of(&response).expect("a cookie")
    }

    pub(crate) async fn text(&self, path: &str, cookie: &str) -> String {
        self.send("GET", path, cookie).await.text().to_owned()
    }

    pub(crate) async fn status(&self, path: &str, cookie: &str) -> u16 {
        self.send("GET", path, cookie).await.status().as_u16()
    }
}

/// Returns the id that a response sets.
pub(crate) fn id_of(response: &TestResponse) -> Option<String> {
    let cookie = response.headers().get("set-cookie")?.to_str().ok()?;
    let value = cookie.strip_prefix("__Host-session=")?;
    value.split(';').next().map(str::to_owned)
}
