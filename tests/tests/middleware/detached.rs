//! `Next::detached`: the rest of a chain, apart from the request that it is for.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use highball::{Exchange, prelude::*};
use tokio::time::{sleep, timeout};

#[derive(Clone, Default, State)]
struct AppState {
    finished: Arc<AtomicUsize>,
    log: Arc<Mutex<Vec<String>>>,
}

#[derive(Debug, Clone, PartialEq, Local)]
struct Tenant(String);

#[derive(Debug, Local)]
struct Outer;

#[guard]
fn outer() -> Outer {
    Outer
}

/// Runs the rest apart, with a local.
#[middleware]
async fn apart(cx: &mut Context<'_>, next: impl Next<Tenant>) -> Response {
    cx.set_header("x-outer", "1");
    let rest = next.with(Tenant("a".to_owned())).detached(cx);
    match cx.spawn(rest).await {
        Ok(response) => response,
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[guard]
fn inner(cx: &mut Context<'_>) -> Result<(), StatusCode> {
    cx.set_header("x-inner", "1");
    match cx.header("x-refused") {
        Some(_) => Err(StatusCode::FORBIDDEN),
        None => Ok(()),
    }
}

#[observer]
fn observe(exchange: &Exchange<'_>, log: State<Arc<Mutex<Vec<String>>>>) {
    let status = exchange.status().map(|status| status.as_u16());
    let line = format!("{} {status:?}", exchange.path());
    log.lock().unwrap().push(line);
}

#[get("/{id}", with(apart, observe, inner))]
async fn show(id: u64, tenant: Local<'_, Tenant>, cx: &mut Context<'_>) -> String {
    let range = cx.header("range").unwrap_or("no range");
    format!(
        "{} {id} {} {range} {}",
        cx.method(),
        tenant.0,
        cx.query("x").unwrap_or_default()
    )
}

#[get("/slow", with(apart))]
async fn slow(tenant: Local<'_, Tenant>, finished: State<Arc<AtomicUsize>>) -> String {
    sleep(Duration::from_millis(50)).await;
    finished.fetch_add(1, SeqCst);
    tenant.0.clone()
}

#[get("/panic", with(apart))]
async fn panics(tenant: Local<'_, Tenant>) -> String {
    panic!("{}", tenant.0)
}

#[get("/missing", with(apart))]
async fn missing(tenant: Option<Local<'_, Outer>>) -> Option<String> {
    tenant.map(|_| "the local of a guard outside".to_owned())
}

#[routes(timeout = millis(20))]
struct Limited(slow);

#[routes(app, with(outer))]
struct Api(Limited, panics, missing, show);

#[tokio::test(start_paused = true)]
async fn the_rest_sees_a_plain_get_and_its_local() {
    let state = AppState::default();
    let client = Api.test().state(state.clone()).start();
    let request = client
        .get("/7?x=y")
        .header("range", "bytes=0-1")
        .header("if-none-match", "*");
    let response = request.send().await;
    assert_eq!(response.text(), "GET 7 a no range y");
    assert_eq!(
        (response.header("x-outer"), response.header("x-inner")),
        ("1", "1")
    );
    assert_eq!(client.head("/7").send().await.status(), 200);
    let refused = client.get("/7").header("x-refused", "1").send().await;
    assert_eq!(refused.status(), 403);
    assert_eq!(
        *state.log.lock().unwrap(),
        ["/7 Some(200)", "/7 Some(200)", "/7 Some(403)"]
    );
}

#[tokio::test(start_paused = true)]
async fn it_continues_after_a_timeout_and_a_client_that_has_left() {
    let state = AppState::default();
    let client = Api.test().state(state.clone()).start();
    assert_eq!(client.get("/slow").send().await.status(), 503);
    let left = timeout(Duration::from_millis(5), client.get("/slow").send()).await;
    assert!(left.is_err());
    sleep(Duration::from_millis(100)).await;
    assert_eq!(state.finished.load(SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_a_500() {
    let client = Api.test().state(AppState::default()).start();
    assert_eq!(client.get("/panic").send().await.status(), 500);
}

#[tokio::test(start_paused = true)]
async fn locals_of_outer_guards_stay_outside() {
    let client = Api.test().state(AppState::default()).start();
    assert_eq!(client.get("/missing").send().await.status(), 404);
}
