//! The arguments of `with(..)`: configured values, `parallel(..)` and `when(..)`.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use highball::{http::Request, prelude::*};
use tokio::time::{Instant, sleep};

#[derive(Local)]
struct First(u32);

#[derive(Local)]
struct Second(u32);

/// Counts requests.
#[derive(Default)]
struct Counter(AtomicUsize);

impl Counter {
    const fn new() -> Self {
        Self(AtomicUsize::new(0))
    }
}

#[guard]
async fn at_most(
    #[config] most: usize,
    #[config] counter: &Counter,
    #[config] retry: &'static str,
) -> Result<(), Rejection> {
    if counter.0.fetch_add(1, Ordering::Relaxed) < most {
        return Ok(());
    }
    let rejection = Rejection::new(StatusCode::TOO_MANY_REQUESTS, "later");
    Err(rejection.with_header(header::RETRY_AFTER, header::HeaderValue::from_static(retry)))
}

#[middleware]
async fn tag(#[config] tag: &'static str, cx: &mut Context<'_>, next: impl Next) -> Response {
    let mut response = next.run(cx).await;
    response
        .headers_mut()
        .append(header::VIA, header::HeaderValue::from_static(tag));
    response
}

#[guard]
async fn first() -> Result<First, StatusCode> {
    sleep(Duration::from_millis(50)).await;
    Ok(First(1))
}

#[guard]
async fn second(cx: &Context<'_>) -> Result<Second, StatusCode> {
    sleep(Duration::from_millis(50)).await;
    match cx.query("refuse") {
        None => Ok(Second(2)),
        Some(_) => Err(StatusCode::FORBIDDEN),
    }
}

static DROPPED: AtomicUsize = AtomicUsize::new(0);

struct CountsDrops;

impl Drop for CountsDrops {
    fn drop(&mut self) {
        DROPPED.fetch_add(1, Ordering::Relaxed);
    }
}

#[guard]
async fn slow() -> Result<(), StatusCode> {
    let _counts = CountsDrops;
    sleep(Duration::from_secs(3600)).await;
    Ok(())
}

#[guard]
fn in_browser(cx: &Context<'_>) -> Result<(), StatusCode> {
    cx.header("sec-fetch-mode")
        .map(|_| ())
        .ok_or(StatusCode::FORBIDDEN)
}

struct Session(String);

impl ExtractAsync for Session {
    type State = ();

    async fn extract(cx: &mut Context<'_>, _: Input<'_>) -> Result<Self, Rejection> {
        tokio::task::yield_now().await;
        match cx.header("x-session") {
            Some(id) => Ok(Self(id.to_owned())),
            None => Err(Rejection::new(StatusCode::UNAUTHORIZED, "no session")),
        }
    }
}

#[guard]
async fn signed_in(session: Session) -> Result<First, StatusCode> {
    Ok(First(session.0.len() as u32))
}

#[middleware]
async fn echo_session(cx: &mut Context<'_>, next: impl Next, session: Session) -> Response {
    let mut response = next.run(cx).await;
    response.set_header("x-session", session.0);
    response
}

#[get("/limited", with(at_most(2, Counter::new(), "7")))]
async fn limited() {}

#[get("/limited/other", with(at_most(1, Counter::new(), "7")))]
async fn other_limit() {}

#[get("/both", with(parallel(first, second)))]
async fn both(one: Local<'_, First>, two: Local<'_, Second>) -> String {
    format!("{} {}", one.0, two.0)
}

#[get("/cancelled", with(parallel(slow, second)))]
async fn cancelled() {}

#[get("/when", with(
    when(true, tag("constant")),
    when(false, tag("never")),
    when(|cx| cx.query("tag").is_some(), tag("closure")),
    when(in_browser, tag("guard")),
))]
async fn conditions() {}

#[get("/session", with(signed_in, echo_session))]
async fn session(first: Local<'_, First>) -> String {
    first.0.to_string()
}

#[routes(with(tag("group")))]
struct Tagged(
    #[with(tag("field"))] conditions,
    #[cfg(any())]
    #[with(no_such_part(5))]
    no_such_handler,
);

#[routes(app)]
struct Api(limited, other_limit, both, cancelled, Tagged, session);

fn via(response: &highball::testing::TestResponse) -> Vec<&str> {
    let values = response.headers().get_all(header::VIA).iter();
    values.filter_map(|value| value.to_str().ok()).collect()
}

#[tokio::test]
async fn configured_value_belongs_to_its_place() {
    let client = Api.test().start();
    for _ in 0..2 {
        assert_eq!(client.get("/limited").send().await.status(), 200);
    }
    let refused = client.get("/limited").send().await;
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.header(header::RETRY_AFTER), "7");
    // Each place in the chains has its own value.
    assert_eq!(client.get("/limited/other").send().await.status(), 200);
    assert_eq!(client.get("/limited/other").send().await.status(), 429);
}

#[tokio::test(start_paused = true)]
async fn parallel_guards_take_as_long_as_the_slowest() {
    let service = Api.service(());
    let start = Instant::now();
    let request = Request::get("/both").body(()).expect("a request");
    let response = service.call(request).await;
    let took = start.elapsed();
    let body = response.into_body().collect(100).await.expect("a body");
    assert_eq!(body, "1 2");
    assert!(took >= Duration::from_millis(50), "{took:?}");
    assert!(took < Duration::from_millis(60), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn first_rejection_cancels_the_other_guards() {
    let service = Api.service(());
    let start = Instant::now();
    let request = Request::get("/cancelled?refuse")
        .body(())
        .expect("a request");
    let response = service.call(request).await;
    assert_eq!(response.status(), 403);
    assert!(start.elapsed() < Duration::from_secs(1));
    assert_eq!(DROPPED.load(Ordering::Relaxed), 1);
}

async fn check_tags(path: &str, mode: Option<&str>, expected: &[&str]) {
    let mut request = Api.test().get(path);
    if let Some(mode) = mode {
        request = request.header(header::HeaderName::from_static("sec-fetch-mode"), mode);
    }
    assert_eq!(via(&request.send().await), expected, "{path}");
}

#[tokio::test]
async fn condition_is_evaluated_for_each_request() {
    check_tags("/when", None, &["constant", "field", "group"]).await;
    check_tags(
        "/when?tag",
        None,
        &["closure", "constant", "field", "group"],
    )
    .await;
    check_tags(
        "/when",
        Some("cors"),
        &["guard", "constant", "field", "group"],
    )
    .await;
}

#[tokio::test]
async fn extractor_of_a_guard_can_be_async() {
    assert_eq!(Api.test().get("/session").send().await.status(), 401);
    let name = header::HeaderName::from_static("x-session");
    let response = Api.test().get("/session").header(name, "zoe").send().await;
    assert_eq!(response.text(), "3");
    assert_eq!(response.headers()["x-session"], "zoe");
}

/// A middleware that is a value with a method. Each place in the chains has its own value.
struct Tally {
    name: &'static str,
    calls: AtomicUsize,
}

impl Tally {
    const fn of(name: &'static str) -> Self {
        Self {
            name,
            calls: AtomicUsize::new(0),
        }
    }

    const fn from(mut self, calls: usize) -> Self {
        self.calls = AtomicUsize::new(calls);
        self
    }
}

#[middleware]
impl Tally {
    async fn count(&self, path: &Uri, cx: &mut Context<'_>, next: impl Next) -> Response {
        let calls = self.calls.fetch_add(1, Ordering::Relaxed);
        let tally = format!("{} {} {calls}", self.name, path.path());
        let mut response = next.run(cx).await;
        response.set_header("tally", tally);
        response
    }
}

struct Closed;

#[guard]
impl Closed {
    fn closed(&self) -> Result<(), StatusCode> {
        Err(StatusCode::GONE)
    }
}

#[get("/tallied", with(Tally::of("a").from(5)))]
async fn tallied() {}

#[get("/tallied/too", with(Tally::of("b")))]
async fn tallied_too() {}

#[get("/closed", with(Closed))]
async fn closed_for_good() {}

#[routes(app)]
struct Values(tallied, tallied_too, closed_for_good);

#[tokio::test]
async fn value_with_a_method_is_a_middleware() {
    let client = Values.test().start();
    for expected in ["a /tallied 5", "a /tallied 6"] {
        let response = client.get("/tallied").send().await;
        assert_eq!(response.header(TALLY), expected);
    }
    let response = client.get("/tallied/too").send().await;
    assert_eq!(response.header(TALLY), "b /tallied/too 0");
    assert_eq!(client.get("/closed").send().await.status(), 410);
}

const TALLY: header::HeaderName = header::HeaderName::from_static("tally");

#[derive(Local)]
struct Signed(usize);

/// Reads the body as bytes and as JSON. The handler reads the same body.
#[guard(body)]
async fn signed(
    body: Bytes,
    event: Json<Value>,
    first: Local<'_, First>,
    cx: &mut Context<'_>,
) -> Result<Signed, StatusCode> {
    tokio::task::yield_now().await;
    let expected = format!("{}-{}", body.len(), first.0);
    match cx.header("x-signature") == Some(&*expected) && event.is_object() {
        true => Ok(Signed(body.len())),
        false => Err(StatusCode::FORBIDDEN),
    }
}

#[guard]
fn seven() -> Result<First, StatusCode> {
    Ok(First(7))
}

#[post("/hook", with(seven, signed))]
async fn hook(body: Json<Value>, signed: Local<'_, Signed>) -> String {
    format!("{} {}", body["event"], signed.0)
}

#[post("/small", body_limit = 4, with(seven, signed))]
async fn small() {}

#[routes(app)]
struct Hooks(hook, small);

#[tokio::test]
async fn guard_can_read_the_body_before_the_handler() {
    let name = header::HeaderName::from_static("x-signature");
    let body = json!({ "event": "paid" });
    let ask = async |path: &str, signature: &str| {
        let request = Hooks.test().post(path).header(name.clone(), signature);
        request.json(&body).send().await
    };
    let response = ask("/hook", "16-7").await;
    assert_eq!(
        (response.status().as_u16(), response.text()),
        (200, "\"paid\" 16")
    );
    assert_eq!(ask("/hook", "15-7").await.status(), 403);
    assert_eq!(ask("/small", "16-7").await.status(), 413);
    let text = Hooks.test().post("/hook").body("no JSON").send().await;
    assert_eq!(text.status(), 415);
    assert_eq!(
        Hooks
            .test()
            .post("/nowhere")
            .body("x")
            .send()
            .await
            .status(),
        404
    );
}

/// A middleware of the app whose name ends like that of a tower layer. Its value is no constant.
struct TagLayer(String);

impl TagLayer {
    fn new(tag: &str) -> Self {
        Self(tag.to_owned())
    }
}

#[middleware]
impl TagLayer {
    async fn run(&self, cx: &mut Context<'_>, next: impl Next<Second>) -> Response {
        // The name `next` has no value any more that must be passed on.
        let next = next.with(Second(3));
        let mut response = next.run(cx).await;
        response.set_header("via", self.0.clone());
        response
    }
}

#[get("/named", with(TagLayer::new("own")))]
async fn named(second: Local<'_, Second>) -> String {
    second.0.to_string()
}

#[routes(app)]
struct Named(named);

#[tokio::test]
async fn middleware_may_be_named_like_a_layer() {
    let response = Named.test().get("/named").send().await;
    assert_eq!(response.header("via"), "own");
    assert_eq!(response.text(), "3");
}
