//! tower layers in `with(..)`, around a route, a group and the app.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    task::{Context as Task, Poll},
};

use highball::{http::Request, prelude::*};
use tower::{Layer, Service, ServiceBuilder, buffer::BufferLayer, limit::ConcurrencyLimitLayer};
use tower_http::{
    compression::CompressionLayer, cors::CorsLayer, decompression::RequestDecompressionLayer,
    limit::RequestBodyLimitLayer, set_header::SetRequestHeaderLayer, timeout::TimeoutLayer,
};

#[derive(Local)]
struct User(&'static str);

#[guard]
fn user() -> Result<User, StatusCode> {
    Ok(User("zoe"))
}

#[get("/text/{name}", with(layer(CompressionLayer::new())))]
async fn text(name: &str, user: Local<'_, User>, cx: &mut Context<'_>) -> String {
    cx.set_header("x-user", user.0);
    format!("{name} ").repeat(200)
}

static DROPPED: AtomicUsize = AtomicUsize::new(0);

struct Drops;

impl Drop for Drops {
    fn drop(&mut self) {
        DROPPED.fetch_add(1, Relaxed);
    }
}

#[get(
    "/slow",
    with(layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, secs(1))))
)]
async fn slow() {
    let _drops = Drops;
    tokio::time::sleep(secs(3600)).await;
}

#[post("/echo", with(layer(RequestDecompressionLayer::new())))]
async fn echo(body: String) -> String {
    body
}

#[post("/small", with(layer(RequestBodyLimitLayer::new(4))))]
async fn small(body: String) -> String {
    body
}

#[get("/number/{number}")]
async fn number(number: u8, cx: &mut Context<'_>) -> String {
    format!("{number} {}", cx.header("x-set").unwrap_or_default())
}

const SET: header::HeaderName = header::HeaderName::from_static("x-set");

#[routes(
    "/group",
    with(
        user,
        layer(SetRequestHeaderLayer::overriding(
            SET,
            header::HeaderValue::from_static("by a layer")
        ))
    )
)]
struct Group(text, number);

#[get("/busy", with(layer(ConcurrencyLimitLayer::new(1))))]
async fn busy() -> String {
    static NOW: AtomicUsize = AtomicUsize::new(0);
    let now = NOW.fetch_add(1, Relaxed);
    tokio::time::sleep(secs(1)).await;
    NOW.fetch_sub(1, Relaxed);
    now.to_string()
}

#[get(
    "/buffered",
    with(layer(ServiceBuilder::new().layer(BufferLayer::<Request<highball::body::RequestBody>>::new(8))))
)]
async fn buffered() -> &'static str {
    tokio::task::yield_now().await;
    "buffered"
}

/// Calls the inner service twice, as a layer that retries does.
#[derive(Clone)]
struct Twice<S>(S);

struct TwiceLayer;

impl<S> Layer<S> for TwiceLayer {
    type Service = Twice<S>;

    fn layer(&self, inner: S) -> Twice<S> {
        Twice(inner)
    }
}

impl<S> Service<Request<highball::body::RequestBody>> for Twice<S>
where
    S: Service<Request<String>, Response = http::Response<Body>, Future: Send + 'static>
        + Clone
        + Send
        + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = std::pin::Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, task: &mut Task<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(task)
    }

    fn call(&mut self, request: Request<highball::body::RequestBody>) -> Self::Future {
        let mut inner = self.0.clone();
        Box::pin(async move {
            let (parts, _) = request.into_parts();
            let again = Request::from_parts(parts.clone(), String::new());
            let _first = inner
                .call(Request::from_parts(parts, String::new()))
                .await?;
            inner.call(again).await
        })
    }
}

#[get("/twice", with(layer(TwiceLayer)))]
async fn twice() -> &'static str {
    "once"
}

#[get("/maybe", with(when(|cx| cx.header("x-late").is_some(), layer(SetRequestHeaderLayer::overriding(
    SET, header::HeaderValue::from_static("late")
)))))]
async fn maybe(cx: &mut Context<'_>) -> String {
    cx.header("x-set").unwrap_or("early").to_owned()
}

#[observer]
fn seen(exchange: &Exchange<'_>, seen: State<Seen>) {
    let errors = exchange.errors().len();
    seen.0.fetch_add(1 + 100 * errors, Relaxed);
}

#[derive(Clone, Default)]
struct Seen(Arc<AtomicUsize>);

#[derive(State, Default)]
struct AppState {
    seen: Seen,
}

#[routes(app, with(seen, layer(CorsLayer::permissive())))]
struct Api(slow, echo, small, Group, busy, buffered, twice, maybe);

fn client() -> highball::testing::TestSession<Api> {
    Api.test().state(AppState::default()).start()
}

#[tokio::test]
async fn layer_changes_the_response() {
    let client = client();
    let request = client
        .get("/group/text/a%20b")
        .header(header::ACCEPT_ENCODING, "gzip");
    let response = request.send().await;
    assert_eq!(response.header(header::CONTENT_ENCODING), "gzip");
    assert_eq!(response.headers()["x-user"], "zoe");
    assert_eq!(response.header(header::ACCESS_CONTROL_ALLOW_ORIGIN), "*");
    assert!(response.bytes().len() < 200, "{}", response.bytes().len());
    let plain = client.get("/group/text/a%20b").send().await;
    assert_eq!(plain.text(), "a b ".repeat(200));
}

#[tokio::test]
async fn layer_changes_the_request() {
    let client = client();
    let response = client.get("/group/number/7").send().await;
    assert_eq!(response.text(), "7 by a layer");
    let gzip = [
        0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 7, 0, 0x86, 0xa6, 0x10,
        0x36, 5, 0, 0, 0,
    ];
    let request = client
        .post("/echo")
        .header(header::CONTENT_ENCODING, "gzip");
    assert_eq!(request.body(gzip.to_vec()).send().await.text(), "hello");
    assert_eq!(
        client.post("/small").body("four").send().await.text(),
        "four"
    );
    let request = client.post("/small").header(header::CONTENT_LENGTH, "5");
    assert_eq!(request.body("fiver").send().await.status(), 413);
}

#[tokio::test]
async fn rejection_inside_a_layer_is_formatted_and_observed_once() {
    let state = AppState::default();
    let seen = state.seen.clone();
    let client = Api.test().state(state).start();
    let response = client.get("/group/number/x").send().await;
    assert_eq!(response.status(), 400);
    assert_eq!(
        response.header(header::CONTENT_TYPE),
        "application/problem+json"
    );
    assert_eq!(seen.0.load(Relaxed), 101);
    let missing = client.get("/nowhere").send().await;
    assert_eq!(missing.status(), 404);
    assert_eq!(missing.header(header::ACCESS_CONTROL_ALLOW_ORIGIN), "*");
}

#[tokio::test]
async fn layer_answers_a_preflight_itself() {
    let request = client()
        .options("/slow")
        .header(header::ORIGIN, "https://a.example");
    let request = request.header(header::ACCESS_CONTROL_REQUEST_METHOD, "GET");
    let response = request.send().await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.header(header::ACCESS_CONTROL_ALLOW_METHODS), "*");
}

#[tokio::test(start_paused = true)]
async fn future_that_a_layer_cancels_is_dropped() {
    assert_eq!(client().get("/slow").send().await.status(), 504);
    assert_eq!(DROPPED.load(Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn state_of_a_layer_is_shared_by_the_app() {
    let client = client();
    let (a, b) = tokio::join!(client.get("/busy").send(), client.get("/busy").send());
    assert_eq!((a.text(), b.text()), ("0", "0"));
}

#[tokio::test]
async fn layer_can_call_from_a_spawned_task() {
    assert_eq!(client().get("/buffered").send().await.text(), "buffered");
}

#[tokio::test]
async fn inner_chain_runs_at_most_once() {
    let response = client().get("/twice").send().await;
    assert_eq!(response.status(), 500);
}

#[tokio::test]
async fn layer_can_be_conditional() {
    let client = client();
    assert_eq!(client.get("/maybe").send().await.text(), "early");
    let name = header::HeaderName::from_static("x-late");
    let late = client.get("/maybe").header(name, "1");
    assert_eq!(late.send().await.text(), "late");
}

#[get("/zeros", with(layer(CompressionLayer::new())))]
async fn zeros() -> Vec<u8> {
    vec![0; 8 << 20]
}

#[post("/bytes", with(layer(RequestDecompressionLayer::new())))]
async fn bytes(body: Bytes) -> String {
    body.len().to_string()
}

#[routes(app)]
struct Bomb(zeros, bytes);

#[tokio::test]
async fn body_limit_applies_to_the_decompressed_body() {
    let client = Bomb.test().start();
    let request = client.get("/zeros").header(header::ACCEPT_ENCODING, "gzip");
    let bomb = request.send().await.bytes().clone();
    assert!(
        bomb.len() < 100_000,
        "{} bytes become eight million",
        bomb.len()
    );
    let request = client
        .post("/bytes")
        .header(header::CONTENT_ENCODING, "gzip");
    assert_eq!(request.body(bomb).send().await.status(), 413);
}
