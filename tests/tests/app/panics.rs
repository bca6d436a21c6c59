//! The response to a panic passes the middleware outside of it, like the response of a handler that returns a 500.

mod log_lines;
mod pools;
mod recovery;
mod rejection_format;

use std::{
    fmt,
    panic::resume_unwind,
    sync::{Arc, Mutex},
};

use highball::{
    http::HeaderValue,
    middleware::{AccessLog, Cors, Outcome, SecurityHeaders, request_id},
    prelude::*,
    testing::TestResponse,
};
use tower_http::set_header::SetResponseHeaderLayer;

/// Panics without running the panic hook.
fn panics() -> ! {
    resume_unwind(Box::new("a mistake"))
}

/// The exchanges that the observers have seen.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<String>>>);

impl Seen {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().expect("no panic while it is held"))
    }
}

#[derive(State, Default)]
struct AppState {
    seen: Seen,
}

#[observer]
fn sees(exchange: &Exchange<'_>, seen: State<Seen>) {
    let status = exchange.status().map_or(0, |status| status.as_u16());
    let causes = exchange.errors().iter().filter_map(|error| error.cause());
    let causes: Vec<_> = causes.map(ToString::to_string).collect();
    let line = format!("{status} {} {}", exchange.outcome(), causes.join("; "));
    seen.0.lock().expect("no panic while it is held").push(line);
}

#[observer]
fn broken_observer(_: &Exchange<'_>) {
    panics()
}

#[guard]
async fn sets(cx: &mut Context<'_>) -> Result<(), StatusCode> {
    cx.set_header("x-guard", "before");
    cx.status(201);
    Ok(())
}

#[middleware]
async fn outer(cx: &mut Context<'_>, next: impl Next) -> Response {
    let mut response = next.run(cx).await;
    let seen = format!("{} {}", response.status(), response.body().is_empty());
    response.set_header("x-outer", seen);
    response
}

#[middleware]
async fn before(cx: &mut Context<'_>, next: impl Next) -> Response {
    if cx.query("go").is_none() {
        panics();
    }
    next.run(cx).await
}

#[middleware]
async fn after(cx: &mut Context<'_>, next: impl Next) -> Response {
    let _response = next.run(cx).await;
    panics()
}

#[derive(Local)]
struct Handed;

#[middleware]
async fn hands(cx: &mut Context<'_>, next: impl Next<Handed>) -> Response {
    let mut response = next.with(Handed).run(cx).await;
    response.set_header("x-hands", "outside");
    response
}

#[guard]
async fn bad_guard(cx: &Context<'_>) -> Result<(), StatusCode> {
    tokio::task::yield_now().await;
    match cx.query("go") {
        Some(_) => Ok(()),
        None => panics(),
    }
}

#[guard]
fn good_guard(_: &Context<'_>) -> Result<(), StatusCode> {
    Ok(())
}

struct BadSync;

impl Extract<'_> for BadSync {
    type State = ();

    fn extract(_: Input<'_>) -> Result<Self, Rejection> {
        panics()
    }
}

struct BadAsync;

impl ExtractAsync for BadAsync {
    type State = ();

    async fn extract(_: &mut Context<'_>, _: Input<'_>) -> Result<Self, Rejection> {
        tokio::task::yield_now().await;
        panics()
    }
}

struct BadResponse;

impl IntoResponse for BadResponse {
    fn into_response(self) -> Response {
        panics()
    }
}

#[derive(Debug)]
struct BadCause;

impl fmt::Display for BadCause {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panics()
    }
}

impl std::error::Error for BadCause {}

#[get("/async")]
async fn in_async(cx: &mut Context<'_>) {
    cx.set_header("x-handler", "before");
    tokio::task::yield_now().await;
    panics()
}

#[get("/sync")]
fn in_sync() {
    panics()
}

#[get("/response")]
async fn in_response() -> BadResponse {
    BadResponse
}

#[get("/extract")]
async fn in_extract(_: BadSync) {}

#[get("/extract-async")]
async fn in_extract_async(_: BadAsync) {}

#[get("/guard", with(bad_guard))]
async fn in_guard() {}

#[get("/parallel", with(parallel(good_guard, bad_guard)))]
async fn in_parallel() {}

#[get("/before", with(hands, before))]
async fn in_before() {}

#[get("/after", with(hands, after))]
async fn in_after() {}

#[get("/when", with(when(|_cx| panics(), good_guard)))]
async fn in_when() {}

#[get("/when-guard", with(when(bad_guard, good_guard)))]
async fn in_when_guard() {}

#[get("/layer", with(layer(bad_layer())))]
async fn in_layer() {}

#[get("/inside-layer", with(layer(good_layer())))]
async fn inside_layer() {
    panics()
}

fn bad_layer() -> SetResponseHeaderLayer<HeaderValue> {
    panics()
}

fn good_layer() -> SetResponseHeaderLayer<HeaderValue> {
    let name = header::HeaderName::from_static("x-layer");
    SetResponseHeaderLayer::overriding(name, HeaderValue::from_static("outside"))
}

#[get("/cause")]
async fn in_cause() -> Rejection {
    Rejection::internal().with_source(BadCause)
}

#[get("/locals", with(hands))]
async fn behind_local(_: Local<'_, Handed>) {
    panics()
}

#[get("/observed", with(broken_observer))]
async fn observed() {
    panics()
}

/// Returns a 500, for comparison with a panic.
#[get("/returned")]
async fn returned(cx: &mut Context<'_>) -> Rejection {
    cx.set_header("x-handler", "before");
    Rejection::internal().with_cause("a returned 500")
}

#[get("/fine", with(hands, before, bad_guard))]
async fn fine() -> &'static str {
    "fine"
}

#[fallback]
async fn nothing_here() {
    panics()
}

fn words(rejection: &Rejection, _: &Context<'_>) -> Response {
    (rejection.status(), format!("ours: {}", rejection.detail())).into_response()
}

#[routes(
    app,
    fallback = nothing_here,
    rejection = words,
    with(
        sees,
        Cors::origins(&["https://a.example"]),
        SecurityHeaders::new(),
        request_id,
        layer(good_layer()),
        sets,
        outer
    )
)]
struct Api(
    in_async,
    in_sync,
    in_response,
    in_extract,
    in_extract_async,
    in_guard,
    in_parallel,
    in_before,
    in_after,
    in_when,
    in_when_guard,
    in_layer,
    inside_layer,
    in_cause,
    behind_local,
    observed,
    returned,
    fine,
);

async fn get(path: &str, seen: &Seen) -> TestResponse {
    let state = AppState { seen: seen.clone() };
    let client = Api.test().state(state);
    let request = client.get(path).header(header::ORIGIN, "https://a.example");
    request.send().await
}

fn at<'r>(response: &'r TestResponse, name: &str) -> &'r str {
    let value = response.headers().get(name);
    value.and_then(|value| value.to_str().ok()).unwrap_or("-")
}

/// Asserts that the response contains the headers of all middleware around the panic.
fn has_all(path: &str, response: &TestResponse) {
    for (name, value) in [
        ("access-control-allow-origin", "https://a.example"),
        ("x-content-type-options", "nosniff"),
        ("x-layer", "outside"),
        ("content-type", "text/plain; charset=utf-8"),
    ] {
        assert_eq!(at(response, name), value, "{path}: {name}");
    }
    assert_ne!(at(response, "x-request-id"), "-", "{path}");
}

#[tokio::test]
async fn response_to_a_panic_passes_the_outer_middleware() {
    let seen = Seen::default();
    for path in [
        "/async",
        "/sync",
        "/response",
        "/extract",
        "/extract-async",
        "/guard",
        "/parallel",
        "/before",
        "/after",
        "/when",
        "/when-guard",
        "/layer",
        "/inside-layer",
        "/locals",
        "/observed",
        "/no/such/path",
    ] {
        let response = get(path, &seen).await;
        assert_eq!(response.status(), 500, "{path}");
        has_all(path, &response);
        // A middleware sees a response with a body, as with a returned 500.
        let outer = at(&response, "x-outer");
        assert_eq!(outer, "500 Internal Server Error false", "{path}");
        assert_eq!(response.text(), "ours: something went wrong on our side");
        assert_eq!(seen.take(), ["500 panicked panicked: a mistake"], "{path}");
    }
}

#[tokio::test]
async fn headers_set_before_a_panic_are_kept() {
    let seen = Seen::default();
    for path in ["/async", "/returned"] {
        let response = get(path, &seen).await;
        assert_eq!(response.status(), 500, "{path}");
        assert_eq!(at(&response, "x-guard"), "before", "{path}");
        assert_eq!(at(&response, "x-handler"), "before", "{path}");
    }
    for path in ["/before", "/after", "/locals"] {
        let response = get(path, &seen).await;
        assert_eq!(at(&response, "x-hands"), "outside", "{path}");
    }
}

#[tokio::test]
async fn other_responses_are_not_affected() {
    let seen = Seen::default();
    let response = get("/returned", &seen).await;
    has_all("/returned", &response);
    assert_eq!(seen.take(), ["500 complete a returned 500"]);
    let response = get("/fine?go", &seen).await;
    assert_eq!((response.status().as_u16(), response.text()), (201, "fine"));
    assert_eq!(seen.take(), ["201 complete "]);
}

#[tokio::test]
async fn cause_whose_display_panics_is_500() {
    let response = Api
        .test()
        .state(AppState::default())
        .get("/cause")
        .send()
        .await;
    has_500_problem(&response);
    assert_eq!(at(&response, "x-content-type-options"), "nosniff");
}

fn has_500_problem(response: &TestResponse) {
    assert_eq!(response.status(), 500);
    assert_eq!(
        response.header(header::CONTENT_TYPE),
        "application/problem+json"
    );
    let text = response.text();
    assert!(text.contains("something went wrong on our side"), "{text}");
}
