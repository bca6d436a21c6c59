//! The app under test. Its responses are framed correctly and incorrectly, in every way that a handler has.

use std::{
    convert::Infallible,
    sync::{Mutex, PoisonError},
    task::{Context as Task, Poll},
    time::Duration,
};

use futures_util::stream::{StreamExt, iter, pending};
use highball::{
    Config, Exchange, Form,
    body::{BodyStream, RequestBody},
    extract::{Bind, Either},
    http::{self, StatusCode},
    prelude::*,
    tokio,
};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle, time::timeout};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::{PATIENCE, cases};

/// The path and the cause of each response that could not be sent, from the observer.
static CAUSES: Mutex<Vec<(String, String)>> = Mutex::new(Vec::new());

#[observer]
fn causes(exchange: &Exchange<'_>) {
    let mut causes = CAUSES.lock().unwrap_or_else(PoisonError::into_inner);
    for error in exchange.errors() {
        let cause = error.cause().map(ToString::to_string).unwrap_or_default();
        causes.push((exchange.path().to_owned(), cause));
    }
}

/// Returns the cause of the last incorrect response to this path.
pub(crate) fn cause_of(path: &str) -> Option<String> {
    let causes = CAUSES.lock().unwrap_or_else(PoisonError::into_inner);
    let found = causes.iter().rev().find(|(own, _)| own == path);
    found.map(|(_, cause)| cause.clone())
}

/// Returns the response of the case with this name.
#[route("/case/{name}", methods = [GET, HEAD])]
async fn given(name: &str) -> Response {
    cases::answer(name)
}

#[get("/next")]
async fn next() -> &'static str {
    "next"
}

#[get("/by-context")]
async fn by_context(cx: &mut Context<'_>) -> &'static str {
    cx.set_header("content-length", "100");
    cx.set_header("transfer-encoding", "chunked");
    "short"
}

#[middleware]
async fn too_long(cx: &mut Context<'_>, next: impl Next) -> Response {
    let mut response = next.run(cx).await;
    response.set_header("content-length", "100");
    response
}

#[get("/by-middleware", with(too_long))]
async fn by_middleware() -> &'static str {
    "short"
}

/// Replaces a body whose length is declared.
#[middleware]
async fn shorter(cx: &mut Context<'_>, next: impl Next) -> Response {
    let mut response = next.run(cx).await;
    response.set_body("short");
    response
}

/// A body that has sent its declared length, but never ends.
#[get("/waits")]
async fn waits() -> Response {
    let pieces = iter([Ok::<_, Infallible>("abc")]).chain(pending());
    ([("content-length", "3")], Body::stream(pieces)).into_response()
}

#[get("/set-body", with(shorter))]
async fn set_body() -> Response {
    ([("content-length", "6")], "longer").into_response()
}

type Layer = SetResponseHeaderLayer<http::HeaderValue>;

fn layer() -> Layer {
    let value = http::HeaderValue::from_static("100");
    SetResponseHeaderLayer::overriding(header::CONTENT_LENGTH, value)
}

#[routes("/layered", with(layer(layer())))]
struct Layered(by_layer);

#[get("/by-layer")]
async fn by_layer() -> &'static str {
    "short"
}

/// A tower service that frames its responses itself.
#[derive(Clone)]
struct Mounted;

impl tower::Service<http::Request<RequestBody>> for Mounted {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = std::future::Ready<Result<http::Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Task<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<RequestBody>) -> Self::Future {
        let name = request.uri().path().trim_start_matches("/mounted/");
        std::future::ready(Ok(cases::answer(name).into()))
    }
}

#[any("/mounted/{name}")]
async fn mounted(name: &str, cx: &mut Context<'_>) -> Response {
    let _ = name;
    highball::tower::forward(Mounted, cx).await
}

#[derive(serde::Deserialize)]
struct Search {
    page: u32,
}

#[post("/json/{id}")]
async fn json(id: u32, search: Query<Search>, body: Json<Vec<u32>>) -> String {
    format!("{id} {} {}", search.page, body.len())
}

#[post("/form")]
async fn form(form: Form<Pairs>) -> String {
    form.len().to_string()
}

#[post("/text", body_limit = 8)]
async fn text(body: String) -> String {
    body
}

/// Reads one piece of the body, and responds.
#[post("/one-piece")]
async fn one_piece(mut body: BodyStream) -> &'static str {
    let _piece = body.chunk().await;
    "one"
}

/// Sends the body back while it arrives.
#[post("/back")]
async fn back(body: BodyStream) -> Body {
    Body::new(body)
}

#[guard]
fn locked() -> Result<(), StatusCode> {
    Err(StatusCode::FORBIDDEN)
}

#[post("/late", timeout = Duration::from_millis(50))]
async fn late(body: String) -> String {
    body
}

#[post("/locked", with(locked))]
async fn behind_guard(body: String) -> String {
    body
}

#[guard(body)]
fn signed(body: Json<Vec<u32>>) -> Result<(), StatusCode> {
    let _ = body;
    Ok(())
}

#[post("/signed", with(signed))]
async fn behind_body_guard(body: Bytes) -> String {
    body.len().to_string()
}

struct Session;

impl ExtractAsync for Session {
    type State = ();

    async fn extract(cx: &mut Context<'_>, _: Input<'_>) -> Result<Self, Rejection> {
        let refused = || Rejection::new(StatusCode::UNAUTHORIZED, "no session");
        cx.header("x-session").map(|_| Self).ok_or_else(refused)
    }
}

#[post("/session")]
async fn session(session: Session, body: String) -> String {
    let _ = session;
    body
}

#[post("/multipart")]
async fn multipart(form: highball::multipart::Multipart) -> &'static str {
    let _ = form;
    "form"
}

type Pairs = Vec<(String, String)>;

#[post("/bind")]
async fn bind(body: Bind<Vec<u32>>) -> String {
    body.len().to_string()
}

#[post("/xml")]
async fn xml(body: highball::extract::Xml<Value>) -> String {
    body.to_string()
}

#[post("/yaml")]
async fn yaml(body: highball::extract::Yaml<Value>) -> String {
    body.to_string()
}

#[post("/toml")]
async fn toml(body: highball::extract::Toml<Value>) -> String {
    body.to_string()
}

#[post("/msgpack")]
async fn msgpack(body: highball::extract::MsgPack<Value>) -> String {
    body.to_string()
}

#[derive(Clone, PartialEq, prost::Message)]
struct Ping {
    #[prost(uint32, tag = "1")]
    count: u32,
}

#[post("/protobuf")]
async fn protobuf(body: highball::extract::Protobuf<Ping>) -> String {
    body.count.to_string()
}

#[derive(serde::Deserialize, garde::Validate)]
struct Rules {
    #[garde(range(min = 1))]
    count: u32,
}

#[post("/valid")]
async fn valid(body: highball::extract::Valid<Json<Rules>>) -> String {
    body.count.to_string()
}

#[post("/either")]
async fn either(body: Either<Json<Vec<u32>>, Form<Pairs>>) -> String {
    match body {
        Either::Left(list) => list.len().to_string(),
        Either::Right(form) => form.len().to_string(),
    }
}

#[post("/result")]
async fn result(body: Result<Json<Vec<u32>>, Rejection>) -> String {
    body.is_ok().to_string()
}

/// An extractor that the app defines.
struct Csv(Bytes);

impl<'r> Extract<'r> for Csv {
    type State = ();
    const BODY: bool = true;

    fn extract(input: Input<'r>) -> Result<Self, Rejection> {
        Self::check_head(input)?;
        Ok(Self(input.body().clone()))
    }

    fn check_head(input: Input<'_>) -> Result<(), Rejection> {
        let value = input.headers().get(header::CONTENT_TYPE);
        let refused = || Rejection::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "it must be CSV");
        value
            .filter(|value| *value == "text/csv")
            .map(drop)
            .ok_or_else(refused)
    }
}

#[post("/own")]
async fn own(body: Csv) -> String {
    body.0.len().to_string()
}

#[derive(PathFields)]
struct Fields {
    id: u32,
}

#[post("/fields/{id}")]
async fn fields(fields: Path<Fields>, body: String) -> String {
    format!("{} {body}", fields.id)
}

#[post("/bearer")]
async fn bearer(token: Bearer, body: String) -> String {
    let _ = token;
    body
}

#[post("/basic", csrf = off("no browser is a client of this app"))]
async fn basic(login: highball::extract::Basic, body: String) -> String {
    let _ = login;
    body
}

#[routes(app, with(causes))]
struct Api(
    bind,
    xml,
    yaml,
    toml,
    msgpack,
    protobuf,
    valid,
    either,
    result,
    own,
    fields,
    bearer,
    basic,
    given,
    next,
    by_context,
    by_middleware,
    set_body,
    waits,
    Layered,
    mounted,
    json,
    form,
    text,
    one_piece,
    back,
    late,
    behind_guard,
    behind_body_guard,
    session,
    multipart,
);

/// A running server, and the channel that stops it.
pub(crate) struct Server {
    pub(crate) addr: std::net::SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<highball::Result>,
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::start_with(Config::default()).await
    }

    pub(crate) async fn start_with(config: Config) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let addr = listener.local_addr().expect("it is bound");
        let (stop, stopped) = oneshot::channel();
        let serving = highball::serve(Api)
            .listen(listener)
            .config(config)
            .quiet()
            .stop(async {
                let _ = stopped.await;
            });
        let task = tokio::spawn(serving.into_future());
        Self { addr, stop, task }
    }

    pub(crate) async fn stop(self) {
        self.stop.send(()).expect("it runs");
        let served = timeout(PATIENCE, self.task).await.expect("it stops");
        served.expect("it does not panic").expect("it serves");
    }
}
