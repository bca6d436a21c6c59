//! Slots in encrypted cookies.

use std::time::Duration;

use highball::{
    cookie::Cookie,
    middleware::Csrf,
    prelude::*,
    testing::{Clock, TestResponse, TestSession},
    tokio,
};
use highball_session::{Sealed, Seals, SessionData, SessionError};
use serde::{Deserialize, Serialize};

#[derive(Debug, Default, Serialize, Deserialize, SessionData)]
#[session(key = "cart", version = 2)]
struct Cart {
    items: Vec<String>,
}

mod older {
    #[derive(serde::Serialize, serde::Deserialize, highball_session::SessionData)]
    #[session(key = "cart", version = 1)]
    #[derive(Default)]
    pub(super) struct Cart {
        pub(super) items: u64,
    }
}

#[derive(State)]
struct AppState {
    seals: Seals,
}

#[get("/cart")]
async fn show(cart: Sealed<Cart>) -> Json<Option<Vec<String>>> {
    Json(cart.get().map(|cart| cart.items.clone()))
}

#[post("/cart/{length}")]
async fn set(
    length: usize,
    cart: Sealed<Cart>,
    cx: &mut Context<'_>,
) -> Result<NoContent, SessionError> {
    let items = vec!["x".repeat(length)];
    cx.set_cookie(cart.seal(&Cart { items })?);
    Ok(NoContent)
}

#[post("/clear")]
async fn clear(cart: Sealed<Cart>, cx: &mut Context<'_>) -> NoContent {
    cx.set_cookie(cart.clear());
    NoContent
}

#[routes(app, with(Csrf::new()))]
struct Api(show, set, clear);

#[post("/older")]
async fn set_older(
    cart: Sealed<older::Cart>,
    cx: &mut Context<'_>,
) -> Result<NoContent, SessionError> {
    cx.set_cookie(cart.seal(&older::Cart { items: 7 })?);
    Ok(NoContent)
}

#[routes(app, with(Csrf::new()))]
struct Older(set_older);

fn keys(names: &str) -> Seals {
    let keys: Vec<_> = names
        .chars()
        .map(|name| name.to_string().repeat(64))
        .collect();
    let keys: Vec<_> = keys.iter().map(String::as_bytes).collect();
    Seals::new(&keys).expect("keys")
}

fn start(names: &str, clock: &Clock) -> TestSession<Api> {
    let seals = keys(names).lifetime(Duration::from_secs(60));
    Api.test().state(AppState { seals }).clock(clock).start()
}

fn cookie(response: &TestResponse) -> Cookie<'static> {
    let text = response.headers()["set-cookie"].to_str().expect("text");
    Cookie::parse(text.to_owned()).expect("a cookie")
}

async fn read(app: &TestSession<Api>, value: &str) -> String {
    let request = app
        .get("/cart")
        .header("cookie", format!("__Host-slot-cart={value}"));
    request.send().await.text().to_owned()
}

#[tokio::test]
async fn a_value_is_encrypted_and_ends_with_its_cookie() {
    let clock = Clock::new();
    let app = start("a", &clock);
    let set = cookie(&app.post("/cart/3").send().await);
    assert!(set.secure() == Some(true) && set.http_only() == Some(true) && set.path() == Some("/"));
    assert_eq!(set.max_age().map(|time| time.whole_seconds()), Some(60));
    assert!(!set.value().contains("xxx"));
    assert_eq!(read(&app, set.value()).await, r#"["xxx"]"#);
    clock.advance(Duration::from_secs(59)).await;
    assert_eq!(read(&app, set.value()).await, r#"["xxx"]"#);
    // The client may keep the cookie for longer.
    clock.advance(Duration::from_secs(1)).await;
    assert_eq!(read(&app, set.value()).await, "null");
    let cleared = cookie(&app.post("/clear").send().await);
    assert_eq!(cleared.max_age().map(|time| time.whole_seconds()), Some(0));
}

#[tokio::test]
async fn keys_rotate() {
    let clock = Clock::new();
    let set = cookie(&start("ba", &clock).post("/cart/1").send().await);
    for (names, expected) in [
        ("b", r#"["x"]"#),
        ("cb", r#"["x"]"#),
        ("dcb", r#"["x"]"#),
        ("a", "null"),
        ("dc", "null"),
    ] {
        assert_eq!(
            read(&start(names, &clock), set.value()).await,
            expected,
            "{names}"
        );
    }
}

#[tokio::test]
async fn other_values_are_as_good_as_none() {
    let clock = Clock::new();
    let app = start("a", &clock);
    let set = cookie(&app.post("/cart/1").send().await);
    let mut changed = set.value().to_owned();
    changed.replace_range(8..9, if &changed[8..9] == "A" { "B" } else { "A" });
    for value in ["", "x", &changed, &set.value()[..20]] {
        assert_eq!(read(&app, value).await, "null", "{value}");
    }
    // An escaped name is the cookie of another host.
    let escaped = app
        .get("/cart")
        .header("cookie", format!("%5F%5FHost-slot-cart={}", set.value()));
    assert_eq!(escaped.send().await.text(), "null");
    // The right cookie is found behind one that another page has set.
    let both = format!("wrong; __Host-slot-cart={}", set.value());
    assert_eq!(read(&app, &both).await, r#"["x"]"#);
    // The data of another version.
    let older = Older
        .test()
        .state(AppState { seals: keys("a") })
        .clock(&clock)
        .start();
    let older = cookie(&older.post("/older").send().await);
    assert_eq!(read(&app, older.value()).await, "null");
}

#[tokio::test]
async fn a_cookie_that_a_browser_would_drop_is_an_error() {
    let app = start("a", &Clock::new());
    let mut largest = 0;
    for length in [10, 2500, 2800, 3000, 3500, 5000] {
        let response = app.post(&format!("/cart/{length}")).send().await;
        match response.status().as_u16() {
            204 => largest = largest.max(response.headers()["set-cookie"].len()),
            413 => assert_eq!(response.headers().get("set-cookie"), None),
            other => panic!("{other}"),
        }
    }
    assert!((2500..=4096).contains(&largest), "{largest}");
}

#[test]
fn keys_have_64_bytes() {
    assert!(Seals::new(&[]).is_err());
    let error = Seals::new(&[b"short"])
        .expect_err("a short key")
        .to_string();
    assert!(
        error.contains("less than 64 bytes") && !error.contains("short"),
        "{error}"
    );
    assert!(!format!("{:?}", keys("a")).contains("aaa"));
}
