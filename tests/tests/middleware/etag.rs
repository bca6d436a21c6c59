//! `ETag`: responses with a tag, and 304 for clients that have the current version.

use highball::{middleware::ETag, prelude::*, testing::TestResponse};

use crate::has;

#[get("/list")]
async fn list() -> &'static str {
    "a long list"
}

#[get("/own")]
async fn own(cx: &mut Context<'_>) -> Response {
    let mut response = cx.text(200, "version 7");
    response.set_header(header::ETAG, "\"v,7\"");
    response
}

#[post("/list")]
async fn add() -> &'static str {
    "a long list"
}

#[get("/error")]
async fn error() -> (StatusCode, &'static str) {
    (StatusCode::ACCEPTED, "a long list")
}

#[routes(app, with(ETag))]
struct Api(list, own, add, error);

async fn ask(path: &str, wanted: &str) -> TestResponse {
    let request = Api.test().get(path);
    request.header(header::IF_NONE_MATCH, wanted).send().await
}

#[tokio::test]
async fn matching_etag_is_304() {
    let first = Api.test().get("/list").send().await;
    let tag = first.header(header::ETAG).to_owned();
    assert!(tag.starts_with("W/\"b-"), "{tag}");
    assert_eq!(first.text(), "a long list");
    let strong = tag.strip_prefix("W/").expect("it is weak");
    for wanted in [
        &tag,
        strong,
        &format!("\"x\", {tag}"),
        &format!("\"a,b\",{strong}"),
        "*",
    ] {
        let again = ask("/list", wanted).await;
        assert_eq!(again.status(), 304, "{wanted}");
        assert_eq!(again.header(header::ETAG), tag);
        assert_eq!(again.text(), "");
        assert!(!has(&again, header::CONTENT_TYPE));
    }
    for wanted in ["\"x\"", "", "x", strong.trim_matches('"')] {
        let again = ask("/list", wanted).await;
        assert_eq!(again.status(), 200, "{wanted}");
    }
    let head = Api.test().head("/list").send().await;
    assert_eq!(head.header(header::ETAG), tag);
}

#[tokio::test]
async fn etag_of_the_handler_is_kept() {
    assert_eq!(ask("/own", "\"v,7\"").await.status(), 304);
    let other = ask("/own", "\"v\", \"7\"").await;
    assert_eq!(
        (other.status().as_u16(), other.header(header::ETAG)),
        (200, "\"v,7\"")
    );
}

#[tokio::test]
async fn only_successful_reads_have_an_etag() {
    assert!(!has(&Api.test().post("/list").send().await, header::ETAG));
    assert!(!has(&Api.test().get("/error").send().await, header::ETAG));
    assert!(!has(&Api.test().get("/nowhere").send().await, header::ETAG));
}
