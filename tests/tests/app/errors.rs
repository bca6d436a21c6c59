//! Errors in handlers: the response for the client, and the logged causes for the operator.

use std::{
    fmt, io,
    sync::{Arc, Mutex},
};

use highball::{ResultExt as _, body::BoxError, prelude::*, testing::TestResponse};

/// An error with a source.
#[derive(Debug)]
struct Deep(&'static str, Option<Box<Deep>>);

impl fmt::Display for Deep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Deep {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.1.as_deref().map(|source| source as _)
    }
}

fn deep() -> Result<String, Deep> {
    Err(Deep(
        "secret outer",
        Some(Box::new(Deep("secret inner", None))),
    ))
}

/// The causes that the observer has seen.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<String>>>);

#[derive(State, Default)]
struct AppState {
    seen: Seen,
}

#[observer]
fn sees(exchange: &Exchange<'_>, seen: State<Seen>) {
    for error in exchange.errors() {
        let mut text = Vec::new();
        let mut next = std::error::Error::source(error);
        while let Some(cause) = next {
            text.push(cause.to_string());
            next = cause.source();
        }
        seen.0.lock().expect("no panic").push(text.join(" < "));
    }
}

#[get("/foreign")]
async fn foreign() -> highball::Result<String> {
    Ok(deep()?)
}

#[get("/context")]
async fn context() -> highball::Result<String> {
    let text = deep().context("inside").context("outside")?;
    Ok(text)
}

#[get("/status")]
async fn status() -> highball::Result<String> {
    deep().with_status(503)
}

#[get("/words")]
async fn words() -> highball::Result<String> {
    let error = highball::Error::new("secret").with_status(404);
    Err(error.with_detail("there is no such price"))
}

#[get("/boxed")]
async fn boxed() -> highball::Result<String> {
    let text: Result<String, BoxError> = Err("secret box".into());
    text.map_err(highball::Error::from_boxed)
}

/// Contains a rejection, which keeps its status.
#[get("/refused")]
async fn refused(cx: &mut Context<'_>) -> highball::Result<String> {
    let number: Value = cx.bind::<Number>().await.map(|number| number.n.into())?;
    Ok(number.to_string())
}

#[derive(serde::Deserialize)]
struct Number {
    n: u8,
}

#[get("/rejection")]
async fn rejection() -> Result<String, Rejection> {
    let text: highball::Result<String> = deep().context("inside");
    Ok(text?)
}

#[guard]
async fn failing_guard(_: &Context<'_>) -> highball::Result<()> {
    deep().context("a guard")?;
    Ok(())
}

#[get("/guarded", with(failing_guard))]
async fn guarded() {}

#[derive(Debug, IntoResponse)]
enum Failed {
    #[status(503, "the store is away: {0}")]
    Store(#[from] io::Error),
    #[status(500)]
    Deep {
        #[from]
        why: Deep,
    },
    #[status(502, "{name} is away")]
    Named {
        name: &'static str,
        #[source]
        cause: BoxError,
    },
    #[transparent]
    Refused(#[from] Rejection),
    #[transparent]
    Any(#[from] highball::Error),
    #[status(409)]
    Plain,
}

#[get("/derived/{kind}")]
async fn derived(kind: &str) -> Result<String, Failed> {
    match kind {
        "store" => Err(io::Error::other("disk full"))?,
        "deep" => Ok(deep()?),
        "named" => Err(Failed::Named {
            name: "the bank",
            cause: "secret".into(),
        }),
        "refused" => Err(Rejection::new(StatusCode::GONE, "it is gone"))?,
        "any" => Err(highball::Error::new("secret").with_status(504))?,
        _ => Err(Failed::Plain),
    }
}

#[derive(Debug, IntoResponse)]
#[status(500)]
struct Wrapped(#[from] Deep);

#[get("/wrapped")]
async fn wrapped() -> Result<String, Wrapped> {
    Ok(deep()?)
}

#[routes(app, with(sees))]
struct Api(
    foreign,
    context,
    status,
    words,
    boxed,
    refused,
    rejection,
    guarded,
    derived,
    wrapped,
);

async fn get(path: &str) -> (TestResponse, Vec<String>) {
    let seen = Seen::default();
    let state = AppState { seen: seen.clone() };
    let response = Api.test().state(state).get(path).send().await;
    let seen = seen.0.lock().expect("no panic").clone();
    (response, seen)
}

#[tokio::test]
async fn response_has_the_status_and_the_log_the_causes() {
    let nothing = "something went wrong on our side";
    for (path, status, detail, causes) in [
        (
            "/foreign",
            500,
            nothing,
            "secret outer (PLACE) < secret outer < secret inner",
        ),
        (
            "/context",
            500,
            nothing,
            "outside: inside: secret outer (PLACE) < secret outer < secret inner",
        ),
        (
            "/status",
            503,
            "Service Unavailable",
            "secret outer (PLACE) < secret outer < secret inner",
        ),
        ("/words", 404, "there is no such price", "secret (PLACE)"),
        ("/boxed", 500, nothing, "secret box < secret box"),
        (
            "/rejection",
            500,
            nothing,
            "inside: secret outer (PLACE) < secret outer < secret inner",
        ),
        (
            "/guarded",
            500,
            nothing,
            "a guard: secret outer (PLACE) < secret outer < secret inner",
        ),
        (
            "/derived/store",
            503,
            "the store is away: disk full",
            "disk full",
        ),
        (
            "/derived/deep",
            500,
            "Internal Server Error",
            "secret outer < secret inner",
        ),
        ("/derived/named", 502, "the bank is away", "secret"),
        ("/derived/refused", 410, "it is gone", ""),
        ("/derived/any", 504, "Gateway Timeout", "secret (PLACE)"),
        ("/derived/plain", 409, "Conflict", ""),
        (
            "/wrapped",
            500,
            "Internal Server Error",
            "secret outer < secret inner",
        ),
    ] {
        let (response, seen) = get(path).await;
        assert_eq!(response.status(), status, "{path}");
        assert_eq!(response.json::<Value>()["detail"], detail, "{path}");
        assert_eq!(seen.len(), 1, "{path}: {seen:?}");
        assert_eq!(without_place(&seen[0]), causes, "{path}");
    }
}

/// Asserts that the place is in this file, and removes its line and column.
fn without_place(text: &str) -> String {
    let Some((before, rest)) = text.split_once(" (") else {
        return text.to_owned();
    };
    let (place, after) = rest.split_once(')').expect("a place ends");
    assert!(place.contains("errors.rs:"), "{place}");
    format!("{before} (PLACE){after}")
}

#[tokio::test]
async fn rejection_inside_an_error_keeps_its_status() {
    let (response, _) = get("/refused?n=7").await;
    assert_eq!((response.status().as_u16(), response.text()), (200, "7"));
    let (response, _) = get("/refused?n=300").await;
    assert_eq!(response.status(), 400);
}

#[test]
fn error_has_the_place_of_the_question_mark() {
    fn fails() -> highball::Result<String> {
        Ok(deep()?) // line
    }
    let error = fails().expect_err("it fails");
    let text = include_str!("errors.rs").lines();
    let line = text.into_iter().position(|line| line.ends_with("// line"));
    assert_eq!(
        Some(error.place().line() as usize),
        line.map(|line| line + 1)
    );
    assert_eq!(
        error.downcast_ref::<Deep>().expect("it is one").0,
        "secret outer"
    );
    assert!(error.downcast_ref::<io::Error>().is_none());
    let shown = format!("{:?}", error.context("in main"));
    assert_eq!(shown, "in main: secret outer\n  because: secret inner");
}
