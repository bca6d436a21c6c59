//! Counts by key and by client, the response headers, and limits from the app state.

use std::time::{Duration, Instant};

use highball::{
    http::HeaderName,
    prelude::*,
    serve::Proxies,
    testing::{TestResponse, TestSession},
};
use highball_rate_limit::{RateLimit, rate_limit};

const KEY: HeaderName = HeaderName::from_static("x-api-key");
const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-for");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

#[get("/keyed", with(RateLimit::per_hour(2).by_header("x-api-key").name("key")))]
async fn keyed() -> &'static str {
    "here"
}

#[get("/plain")]
async fn plain() {}

#[get("/refused")]
async fn refused() -> StatusCode {
    StatusCode::CONFLICT
}

#[get("/number/{id}")]
async fn number(id: u64) -> String {
    id.to_string()
}

#[routes(app, with(RateLimit::per_hour(100)))]
struct Api(keyed, plain, refused, number);

async fn get_keyed(client: &TestSession<Api>, key: &str) -> TestResponse {
    client.get("/keyed").header(KEY, key).send().await
}

#[tokio::test]
async fn each_key_has_a_separate_credit() {
    let client = Api.test().start();
    for (all, own) in [(99, 1), (98, 0)] {
        let response = get_keyed(&client, "a").await;
        assert_eq!((response.status().as_u16(), response.text()), (200, "here"));
        // The headers list all limits around the route, outermost first.
        let left = format!("\"default\";r={all}, \"key\";r={own}");
        assert_eq!(response.header(LIMIT), left);
        let policy = "\"default\";q=100;w=3600, \"key\";q=2;w=3600";
        assert_eq!(response.header(POLICY), policy);
    }
    let refused = get_keyed(&client, "a").await;
    assert_eq!(refused.status(), 429);
    let wait = refused.header(header::RETRY_AFTER);
    let seconds: u64 = wait.parse().expect("seconds");
    assert!((1700..=1800).contains(&seconds), "{seconds}");
    let left = format!("\"default\";r=97, \"key\";r=0;t={wait}");
    assert_eq!(refused.header(LIMIT), left);
    assert_eq!(refused.json::<Value>()["status"], 429);
    assert_eq!(get_keyed(&client, "b").await.status(), 200);
    // A request without a key is counted by address.
    let keyless = client.get("/keyed").send().await;
    assert_eq!(keyless.header(LIMIT), "\"default\";r=95, \"key\";r=1");
}

#[tokio::test]
async fn every_response_has_the_remaining_number() {
    let client = Api.test().start();
    for (left, (path, status)) in [
        ("/plain", 200),
        ("/refused", 409),
        ("/number/x", 400),
        ("/nothing", 404),
    ]
    .into_iter()
    .enumerate()
    {
        let response = client.get(path).send().await;
        assert_eq!(response.status(), status, "{path}");
        let left = format!("\"default\";r={}", 99 - left);
        assert_eq!(response.header(LIMIT), left, "{path}");
        assert_eq!(response.header(POLICY), "\"default\";q=100;w=3600");
    }
    let response = client.post("/plain").send().await;
    assert_eq!(
        (response.status().as_u16(), response.header(LIMIT)),
        (405, "\"default\";r=95")
    );
}

#[tokio::test]
async fn each_app_counts_for_itself() {
    let clients = [Api.test().start(), Api.test().start()];
    for _ in 0..2 {
        for client in &clients {
            assert_eq!(get_keyed(client, "a").await.status(), 200);
        }
    }
    for client in &clients {
        assert_eq!(get_keyed(client, "a").await.status(), 429);
    }
}

#[tokio::test]
async fn a_client_is_an_address_or_a_network() {
    let proxies = Proxies::trust(["10.0.0.1"]).expect("an address");
    let peer = "10.0.0.1:1".parse().expect("an address");
    let client = Api.test().proxies(proxies).peer(peer).start();
    for (ip, left) in [
        ("192.0.2.1", 99),
        ("192.0.2.2", 99),
        ("192.0.2.1", 98),
        ("2001:db8::1", 99),
        ("2001:db8::2", 98),
        ("2001:db8:0:1::1", 99),
    ] {
        let request = client.get("/plain").header(FORWARDED, ip);
        let left = format!("\"default\";r={left}");
        assert_eq!(request.send().await.header(LIMIT), left, "{ip}");
    }
}

#[get("/burst", with(RateLimit::per_second(20).burst(1)))]
async fn burst() {}

#[routes(app)]
struct Bursts(burst);

#[tokio::test]
async fn a_credit_fills_up_again() {
    let client = Bursts.test().start();
    let start = Instant::now();
    let mut passed = 0;
    let mut refused = 0;
    while passed < 3 {
        match client.get("/burst").send().await.status().as_u16() {
            200 => passed += 1,
            429 => refused += 1,
            other => panic!("{other}"),
        }
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "it stays refused"
        );
    }
    assert!(
        start.elapsed() >= Duration::from_millis(100),
        "faster than the rate"
    );
    assert!(refused > 0);
}

#[derive(Local)]
struct User {
    id: String,
}

#[guard]
fn signed_in(token: Bearer) -> User {
    let id = token.token().to_owned();
    User { id }
}

#[get("/mine", with(RateLimit::per_hour(2).name("account").by::<User>(|user| &user.id)))]
async fn mine() {}

#[routes("/users", with(signed_in))]
struct Users(mine);

/// Limits that an app reads from its settings.
struct Limits {
    account: RateLimit<User>,
    /// A second limit of the same app.
    of_two: RateLimit,
}

#[derive(State)]
struct AppState {
    limit: RateLimit,
    limits: Limits,
}

fn state(requests: u32) -> AppState {
    let limit = || RateLimit::new(requests, Duration::from_secs(3600), requests);
    AppState {
        limit: limit().expect("a limit"),
        limits: Limits {
            account: limit().expect("a limit").by(|user: &User| &user.id),
            of_two: limit().expect("a limit").name("two").burst(2),
        },
    }
}

#[middleware]
async fn account_limit(
    limits: State<Limits>,
    user: Local<'_, User>,
    cx: &mut Context<'_>,
    next: impl Next,
) -> Response {
    limits.account.limit(user, cx, next).await
}

#[middleware]
async fn of_two(limits: State<Limits>, cx: &mut Context<'_>, next: impl Next) -> Response {
    limits.of_two.limit(cx, next).await
}

#[get("/state", with(rate_limit))]
async fn of_state() {}

#[get("/account", with(signed_in, account_limit))]
async fn of_account() {}

#[get("/two", with(of_two))]
async fn two() {}

#[routes(app)]
struct Settings(Users, of_state, of_account, two);

#[tokio::test]
async fn accounts_are_counted_by_a_local() {
    for path in ["/users/mine", "/account"] {
        let client = Settings.test().state(state(2)).start();
        for (user, status) in [
            ("a", 200),
            ("b", 200),
            ("a", 200),
            ("a", 429),
            ("b", 200),
            ("b", 429),
        ] {
            let response = client.get(path).bearer(user).send().await;
            assert_eq!(response.status(), status, "{path} {user}");
            assert!(response.headers().contains_key(LIMIT));
        }
        assert_eq!(client.get(path).send().await.status(), 401, "{path}");
    }
}

#[tokio::test]
async fn a_test_may_provide_the_local_that_is_counted() {
    let user = User { id: "a".to_owned() };
    let client = Settings.test().state(state(2)).local(user).start();
    for status in [200, 200, 429] {
        assert_eq!(client.get("/users/mine").send().await.status(), status);
    }
}

#[tokio::test]
async fn the_rate_may_come_from_the_settings() {
    for requests in [1, 3] {
        let client = Settings.test().state(state(requests)).start();
        for left in (0..requests).rev() {
            let response = client.get("/state").send().await;
            assert_eq!(response.header(LIMIT), format!("\"default\";r={left}"));
            let policy = format!("\"default\";q={requests};w=3600");
            assert_eq!(response.header(POLICY), policy);
        }
        assert_eq!(client.get("/state").send().await.status(), 429);
        // Another limit of the same app.
        assert_eq!(client.get("/two").send().await.header(LIMIT), "\"two\";r=1");
    }
}

#[test]
fn invalid_rates_are_errors() {
    let minute = Duration::from_secs(60);
    for (requests, per, burst, expected) in [
        (0, minute, 1, "take at least 1"),
        (1, minute, 0, "take at least 1"),
        (1, Duration::ZERO, 1, "take another time"),
        (1, minute * 60 * 24 * 300, u32::MAX, "take a smaller one"),
    ] {
        let error = RateLimit::new(requests, per, burst).expect_err("no rate");
        assert!(error.to_string().contains(expected), "{error}");
    }
}
