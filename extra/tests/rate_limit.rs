//! How many requests a client may make.

#![cfg(feature = "rate-limit")]

use highball::{TestResponse, http::HeaderName, prelude::*};
use highball_extra::RateLimit;

const KEY: HeaderName = HeaderName::from_static("x-api-key");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

#[get("/keyed", with(RateLimit::per_hour(2).by(|cx| cx.header("x-api-key").map(str::to_owned))))]
async fn keyed() -> &'static str {
    "here"
}

#[get("/burst", with(RateLimit::per_second(1).burst(1)))]
async fn burst() {}

#[routes(app, with(RateLimit::per_hour(100)))]
struct Api(keyed);

#[routes(app)]
struct Bursts(burst);

async fn ask(client: &highball::TestSession<Api>, key: &str) -> TestResponse {
    client.get("/keyed").header(KEY, key).send().await
}

#[tokio::test]
async fn each_client_has_a_credit_of_its_own() {
    let client = Api.test().start();
    for left in ["\"default\";r=99", "\"default\";r=98"] {
        let response = ask(&client, "a").await;
        assert_eq!((response.status().as_u16(), response.text()), (200, "here"));
        // The outer limit's say is the last one.
        assert_eq!(response.header(LIMIT), left);
        assert_eq!(response.header(POLICY), "\"default\";q=100;w=3600");
    }
    let refused = ask(&client, "a").await;
    assert_eq!(refused.status(), 429);
    let wait: u64 = refused
        .header(header::RETRY_AFTER)
        .parse()
        .expect("seconds");
    assert!((1700..=1800).contains(&wait), "{wait}");
    assert_eq!(ask(&client, "b").await.status(), 200);
    let nobody = client.get("/keyed").send().await;
    assert_eq!(nobody.status(), 200);
}

#[tokio::test]
async fn a_credit_fills_up_again() {
    let client = Bursts.test().start();
    assert_eq!(client.get("/burst").send().await.status(), 200);
    assert_eq!(client.get("/burst").send().await.status(), 429);
    // The limiter's clock is the machine's own.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    assert_eq!(client.get("/burst").send().await.status(), 200);
}
