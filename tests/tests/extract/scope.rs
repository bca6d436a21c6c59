//! Scopes around a handler: the order of opening and closing, and what is dropped without closing.

use std::{
    ops::Deref,
    sync::{Arc, Mutex, PoisonError},
};

use highball::{
    extract::{Either, Opens, OptionalExtract, Scope, Valid},
    prelude::*,
};

/// The events of a request, in order.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn add(&self, event: impl Into<String>) {
        let mut events = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        events.push(event.into());
    }

    fn take(&self) -> String {
        let mut events = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *events).join(" ")
    }
}

#[derive(State)]
struct AppState {
    log: Log,
}

/// A transaction of the database `N`.
struct Open<const N: u8> {
    log: Log,
    is_closed: bool,
}

impl<const N: u8> Drop for Open<N> {
    fn drop(&mut self) {
        if !self.is_closed {
            self.log.add(format!("drop{N}"));
        }
    }
}

impl<const N: u8> Scope for Open<N> {
    type State = Log;
    const ID: Fact = Fact::scope("transaction", ["main", "audit"][N as usize]);

    async fn open(cx: &mut Context<'_>, input: Input<'_, Log>) -> Result<Self, Rejection> {
        tokio::task::yield_now().await;
        if cx
            .header("x-full")
            .is_some_and(|which| which == N.to_string())
        {
            return Err(Rejection::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "no connection",
            ));
        }
        let user = input.local::<User>().map_or("-", |user| &user.0);
        input
            .state()
            .add(format!("open{N}:{}:{user}", input.body().len()));
        Ok(Self {
            log: input.state().clone(),
            is_closed: false,
        })
    }

    async fn close(mut self, cx: &mut Context<'_>, response: Response) -> Response {
        self.is_closed = true;
        self.log
            .add(format!("close{N}:{}", response.status().as_u16()));
        match cx
            .header("x-conflict")
            .is_some_and(|which| which == N.to_string())
        {
            true => Rejection::new(StatusCode::CONFLICT, "the commit failed").into_response(),
            false => response,
        }
    }
}

/// The argument of a handler.
struct Tx<'r, const N: u8>(&'r Open<N>);

impl<'r, const N: u8> Extract<'r> for Tx<'r, N> {
    type State = Log;
    const FACTS: Facts = Facts::WRITES.and(Facts::named(&[<Open<N>>::ID]));
    const OPENS: Option<Opens<Log>> = Some(Opens::of::<Open<N>>());

    fn extract(input: Input<'r, Log>) -> Result<Self, Rejection> {
        input.opened().map(Self).ok_or_else(Rejection::internal)
    }
}

#[derive(Local)]
struct User(String);

#[guard]
fn signed_in() -> User {
    User("zoe".to_owned())
}

/// Sees the response after the scopes.
#[middleware]
async fn sees(log: State<Log>, cx: &mut Context<'_>, next: impl Next) -> Response {
    let response = next.run(cx).await;
    log.add(format!("sees:{}", response.status().as_u16()));
    response
}

#[post("/one/{what}", with(sees, signed_in))]
async fn one(
    tx: Tx<'_, 0>,
    what: &str,
    cx: &mut Context<'_>,
    body: String,
) -> Result<String, Rejection> {
    tx.0.log.add(format!("run:{what}"));
    match what {
        "panic" => panic!("on purpose"),
        "err" => return Err(Rejection::new(StatusCode::BAD_REQUEST, "no")),
        "status" => cx.status(StatusCode::BAD_GATEWAY),
        _ => {}
    }
    Ok(body)
}

#[get("/two")]
async fn two(main: Tx<'_, 0>, audit: Tx<'_, 1>, number: Query<Number>) -> String {
    audit.0.log.add("run");
    let _ = main;
    number.number.to_string()
}

#[derive(serde::Deserialize)]
struct Number {
    number: u32,
}

#[get("/slow", timeout = millis(20))]
async fn slow(tx: Tx<'_, 0>) {
    tx.0.log.add("run");
    std::future::pending::<()>().await;
}

/// The part of the argument that its rules are for.
#[derive(garde::Validate)]
#[garde(allow_unvalidated)]
struct Rules {}

const RULES: Rules = Rules {};

impl<const N: u8> Deref for Tx<'_, N> {
    type Target = Rules;

    fn deref(&self) -> &Rules {
        &RULES
    }
}

/// It is present if the request has the header `x-ask`.
impl<'r, const N: u8> OptionalExtract<'r> for Tx<'r, N> {
    fn extract_optional(input: Input<'r, Log>) -> Result<Option<Self>, Rejection> {
        let is_asked = input.headers().contains_key("x-ask");
        is_asked.then(|| Self::extract(input)).transpose()
    }
}

#[get("/wrapped")]
async fn wrapped(
    result: Result<Valid<Tx<'_, 0>>, Rejection>,
    optional: Option<Tx<'_, 1>>,
) -> Result<(), Rejection> {
    result?.0.0.log.add("run");
    optional.inspect(|tx| tx.0.log.add("asked"));
    Ok(())
}

/// Reads a header and is no scope.
struct Plain;

impl<'r> Extract<'r> for Plain {
    type State = Log;

    fn extract(input: Input<'r, Log>) -> Result<Self, Rejection> {
        let is_there = input.headers().contains_key("x-plain");
        is_there.then_some(Self).ok_or_else(Rejection::internal)
    }
}

#[get("/either")]
async fn either(either: Either<Plain, Tx<'_, 0>>, other: Either<Tx<'_, 1>, Plain>) {
    if let (Either::Right(tx), Either::Left(_)) = (either, other) {
        tx.0.log.add("run");
    }
}

#[routes(app)]
struct Api(one, two, slow, wrapped, either);

async fn check(request: &str, header: (&'static str, &str), status: u16, events: &str) {
    let log = Log::default();
    let (method, path) = request.split_once(' ').expect("a method and a path");
    let client = Api.test().state(AppState { log: log.clone() });
    let request = client
        .request(method.parse().expect("a method"), path)
        .body("text");
    let response = request.header(header.0, header.1).send().await;
    assert_eq!(
        (response.status().as_u16(), log.take().as_str()),
        (status, events)
    );
}

const NONE: (&str, &str) = ("x-none", "");

#[tokio::test]
async fn a_scope_is_open_behind_the_body_and_closed_before_the_head() {
    let events = "open0:4:zoe run:ok close0:200 sees:200";
    check("POST /one/ok", NONE, 200, events).await;
    let events = "open0:4:zoe run:err close0:400 sees:400";
    check("POST /one/err", NONE, 400, events).await;
}

#[tokio::test]
async fn a_status_of_the_context_reaches_the_scope() {
    let events = "open0:4:zoe run:status close0:502 sees:502";
    check("POST /one/status", NONE, 502, events).await;
}

#[tokio::test]
async fn a_failed_commit_is_the_response() {
    let events = "open0:4:zoe run:ok close0:200 sees:409";
    check("POST /one/ok", ("x-conflict", "0"), 409, events).await;
}

#[tokio::test]
async fn a_panic_drops_the_scope() {
    let events = "open0:4:zoe run:panic drop0 sees:500";
    check("POST /one/panic", NONE, 500, events).await;
}

#[tokio::test]
async fn a_timeout_drops_the_scope() {
    check("GET /slow", NONE, 503, "open0:0:- run drop0").await;
}

#[tokio::test]
async fn a_client_that_leaves_drops_the_scope() {
    let log = Log::default();
    let client = Api.test().state(AppState { log: log.clone() });
    let request = client.get("/slow").send();
    tokio::select! {
        biased;
        _ = request => panic!("it waits"),
        () = async { while !log.0.lock().expect("no panic").iter().any(|e| e == "run") { tokio::task::yield_now().await } } => {}
    }
    assert_eq!(log.take(), "open0:0:- run drop0");
}

#[tokio::test]
async fn scopes_are_closed_in_reverse_order() {
    let events = "open0:0:- open1:0:- run close1:200 close0:200";
    check("GET /two?number=7", NONE, 200, events).await;
    // The inner scope decides first, and the outer one sees its response.
    let events = "open0:0:- open1:0:- run close1:200 close0:409";
    check("GET /two?number=7", ("x-conflict", "1"), 409, events).await;
}

#[tokio::test]
async fn a_rejection_of_a_scope_closes_those_that_are_open() {
    check(
        "GET /two?number=7",
        ("x-full", "1"),
        503,
        "open0:0:- close0:503",
    )
    .await;
    check("GET /two?number=7", ("x-full", "0"), 503, "").await;
}

#[tokio::test]
async fn an_invalid_argument_opens_no_scope() {
    check("GET /two?number=x", NONE, 400, "").await;
}

#[tokio::test]
async fn wrappers_open_the_scope_of_their_argument() {
    let events = "open0:0:- open1:0:- run close1:200 close0:200";
    check("GET /wrapped", NONE, 200, events).await;
    check("GET /either", NONE, 200, events).await;
    let events = "open0:0:- open1:0:- run asked close1:200 close0:200";
    check("GET /wrapped", ("x-ask", ""), 200, events).await;
    // The scope is open although the other side was taken.
    let events = "open0:0:- open1:0:- close1:200 close0:200";
    check("GET /either", ("x-plain", ""), 200, events).await;
    // A scope that cannot be opened ends the request, also behind a `Result`.
    check("GET /wrapped", ("x-full", "0"), 503, "").await;
}

#[test]
fn the_scopes_of_a_route_are_named() {
    let names: Vec<_> = Api::ROUTES[1]
        .named_facts()
        .map(|fact| (fact.kind(), fact.name()))
        .collect();
    assert_eq!(names, [("transaction", "main"), ("transaction", "audit")]);
    assert!(Api::ROUTES[1].facts().may(Facts::SCOPE));
}
