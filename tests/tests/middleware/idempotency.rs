//! `Idempotent`: keys, scopes and stored responses. The file `idempotency/faults.rs` has what went wrong elsewhere.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use highball::{
    body::{BoxError, produce},
    describe::{Answer, InputKind},
    middleware::{
        Idempotent,
        idempotency::{IdempotencyKeys, MemoryStore, Store},
    },
    prelude::*,
    testing::{Clock, TestResponse, TestSession},
};
use tokio::sync::Semaphore;

mod faults;

/// The runs of all handlers, and a gate before the slow one.
#[derive(Clone)]
struct Runs {
    count: Arc<AtomicU64>,
    gate: Arc<Semaphore>,
}

impl Runs {
    fn add(&self) -> u64 {
        self.count.fetch_add(1, Ordering::Relaxed) + 1
    }
}

#[derive(State)]
struct AppState {
    keys: IdempotencyKeys,
    runs: Runs,
}

#[derive(Local)]
struct User(String);

impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The user's name is the token up to a dot. The rest changes when the token is renewed.
#[guard]
fn signed_in(token: Bearer) -> Result<User, StatusCode> {
    match token.token().split_once('.') {
        Some((name, _)) => Ok(User(name.to_owned())),
        None => Err(StatusCode::FORBIDDEN),
    }
}

#[middleware]
async fn outer(runs: State<Runs>, cx: &mut Context<'_>, next: impl Next) -> Response {
    cx.append_header(header::VARY, "x-outer");
    cx.set_header("x-runs", runs.count.load(Ordering::Relaxed));
    next.run(cx).await
}

#[post("/orders")]
async fn order(runs: State<Runs>, cx: &mut Context<'_>, body: Bytes) -> Created<Bytes> {
    cx.append_header(header::SET_COOKIE, "seen=1");
    Created::at(format!("/orders/{}", runs.add()), body)
}

#[route("/orders/{id}", methods = [GET, PUT, DELETE])]
async fn one(id: u64, runs: State<Runs>) -> String {
    format!("{id} {}", runs.add())
}

#[post("/required", with(Idempotent::new().required()))]
async fn required(runs: State<Runs>) -> String {
    runs.add().to_string()
}

#[post("/slow")]
async fn slow(runs: State<Runs>) -> String {
    let count = runs.add();
    let _permit = runs.gate.acquire().await;
    count.to_string()
}

/// Returns this status at the first run, and 200 later.
#[post("/fails/{status}")]
async fn fails(status: u16, runs: State<Runs>) -> (StatusCode, String) {
    let count = runs.add();
    assert!(status != 599 || count > 1, "the first run panics");
    let status = if count == 1 { status } else { 200 };
    (
        StatusCode::from_u16(status).unwrap_or_default(),
        count.to_string(),
    )
}

#[post("/stream")]
async fn stream(runs: State<Runs>) -> Body {
    let count = runs.add();
    Body::stream(produce(move |chunks| async move {
        let chunk = format!("run {count}");
        chunks.send(Ok::<_, BoxError>(chunk)).await;
    }))
}

#[post("/large", with(Idempotent::new().max_response(1000)))]
async fn large(runs: State<Runs>) -> String {
    runs.add();
    "x".repeat(1001)
}

#[post("/user", with(signed_in, Idempotent::new().by::<User>(|user| user)))]
async fn user(runs: State<Runs>) -> String {
    runs.add().to_string()
}

#[post("/guarded", with(signed_in))]
async fn guarded(runs: State<Runs>) -> String {
    runs.add().to_string()
}

#[post("/typed")]
async fn typed(number: Json<u8>, runs: State<Runs>) -> String {
    format!("{} {}", *number, runs.add())
}

#[post("/nested", with(Idempotent::new()))]
async fn nested(runs: State<Runs>) -> String {
    runs.add().to_string()
}

#[post("/hour", with(Idempotent::new().expire_after(secs(3600)).stores(|status| status == 500)))]
async fn hour(runs: State<Runs>) -> (StatusCode, String) {
    (StatusCode::INTERNAL_SERVER_ERROR, runs.add().to_string())
}

#[routes(with(outer, Idempotent::new()))]
struct Keyed(order, one, slow, fails, stream, guarded, typed, nested);

#[post("/timed", with(Idempotent::new()))]
async fn timed(runs: State<Runs>) -> String {
    let count = runs.add();
    let _permit = runs.gate.acquire().await;
    count.to_string()
}

#[routes("/limited", timeout = millis(20))]
struct Limited(timed);

#[routes(app)]
struct Api(Keyed, required, large, user, hour, Limited);

struct Client {
    session: TestSession<Api>,
    runs: Runs,
    clock: Clock,
}

impl Client {
    fn new() -> Self {
        Self::with_store(MemoryStore::new())
    }

    fn with_store(store: impl Store) -> Self {
        let (runs, clock) = (
            Runs {
                count: Arc::default(),
                gate: Arc::new(Semaphore::new(0)),
            },
            Clock::new(),
        );
        let state = AppState {
            keys: IdempotencyKeys::new(store),
            runs: runs.clone(),
        };
        let session = Api.test().state(state).clock(&clock).start();
        Self {
            session,
            runs,
            clock,
        }
    }

    /// Sends a POST with a key and a body.
    async fn post(&self, path: &str, key: &str, body: &'static str) -> TestResponse {
        let request = self.session.post(path).header("idempotency-key", key);
        request.body(body).send().await
    }

    fn runs(&self) -> u64 {
        self.runs.count.load(Ordering::Relaxed)
    }

    /// Waits until this many handlers have begun.
    async fn wait_for_runs(&self, count: u64) {
        while self.runs() < count {
            tokio::task::yield_now().await;
        }
    }
}

#[track_caller]
fn is(response: &TestResponse, status: u16, text: &str) {
    let got = (response.status().as_u16(), response.text());
    assert!(got.0 == status && got.1.contains(text), "{got:?}");
}

#[tokio::test]
async fn retry_gets_the_same_response_with_all_headers() {
    let client = Client::new();
    let first = client.post("/orders", "k1", "tea").await;
    let retry = client.post("/orders", "\"k1\"", "tea").await;
    is(&first, 201, "tea");
    is(&retry, 201, "tea");
    assert_eq!(retry.header(header::LOCATION), "/orders/1");
    assert_eq!(retry.header(header::SET_COOKIE), "seen=1");
    assert_eq!(
        first.header(header::CONTENT_TYPE),
        retry.header(header::CONTENT_TYPE)
    );
    assert!(!first.headers().contains_key("idempotent-replayed"));
    assert_eq!(retry.header("idempotent-replayed"), "true");
    assert_eq!(client.runs(), 1);
}

#[tokio::test]
async fn another_key_or_none_runs_the_handler() {
    let client = Client::new();
    client.post("/orders", "k1", "tea").await;
    let other = client.post("/orders", "k2", "tea").await;
    assert_eq!(other.header(header::LOCATION), "/orders/2");
    let without = client.session.post("/orders").body("tea").send().await;
    assert_eq!(without.header(header::LOCATION), "/orders/3");
}

#[tokio::test]
async fn a_malformed_or_missing_key_is_400() {
    let client = Client::new();
    let missing = client.session.post("/required").send().await;
    is(&missing, 400, r#""in":"header","name":"idempotency-key""#);
    for key in ["", "two words", "\"open"] {
        is(
            &client.post("/orders", key, "").await,
            400,
            "1 to 255 visible ASCII",
        );
    }
    let twice = client.session.post("/orders");
    let twice = twice
        .header("idempotency-key", "a")
        .header("idempotency-key", "b");
    is(&twice.send().await, 400, "must be one value");
    assert_eq!(client.runs(), 0);
    is(&client.post("/required", "k1", "").await, 200, "1");
}

#[tokio::test]
async fn safe_methods_and_misses_are_not_affected() {
    let client = Client::new();
    for count in 1..=2 {
        let get = client
            .session
            .get("/orders/7")
            .header("idempotency-key", "k1");
        is(&get.send().await, 200, &format!("7 {count}"));
    }
    is(&client.post("/missing", "k1", "").await, 404, "no route");
    is(
        &client.post("/orders/7", "k1", "").await,
        405,
        "does not allow POST",
    );
    let put = || {
        client
            .session
            .put("/orders/7")
            .header("idempotency-key", "k1")
            .send()
    };
    is(&put().await, 200, "7 3");
    is(&put().await, 200, "7 3");
    // Another method of the same route has its own keys.
    let delete = client
        .session
        .delete("/orders/7")
        .header("idempotency-key", "k1");
    is(&delete.send().await, 200, "7 4");
}

#[tokio::test]
async fn expiry_and_statuses_are_options() {
    let client = Client::new();
    is(&client.post("/hour", "k1", "").await, 500, "1");
    client.clock.advance(secs(3599)).await;
    is(&client.post("/hour", "k1", "").await, 500, "1");
    client.clock.advance(secs(1)).await;
    is(&client.post("/hour", "k1", "").await, 500, "2");
}

#[tokio::test]
async fn a_local_identifies_the_client() {
    let client = Client::new();
    let post = |token: &str, cookie: &str| {
        let request = client.session.post("/user").header("idempotency-key", "k1");
        request.bearer(token).cookie("visit", cookie).send()
    };
    is(&post("zoe.1", "1").await, 200, "1");
    // The token has been renewed, and a cookie has changed.
    is(&post("zoe.2", "2").await, 200, "1");
    is(&post("bob.1", "1").await, 200, "2");
}

#[test]
fn a_route_has_the_inputs_and_answers_of_keys() {
    let route = |path: &str| {
        let mut routes = Api::ROUTES.iter();
        routes
            .find(|route| route.path() == path)
            .expect("it exists")
    };
    let order = route("/orders");
    let is_key = |kind: &InputKind| matches!(kind, InputKind::Header("idempotency-key"));
    let key = order.inputs().into_iter().find(|input| is_key(&input.kind));
    assert!(key.is_some_and(|input| !input.is_required));
    let statuses: Vec<_> = order.answers().iter().map(Answer::status).collect();
    assert_eq!(statuses, [201, 400, 408, 409, 413, 422, 503]);
    assert!(order.finishes() && order.facts().may(Facts::WRITES));
}
