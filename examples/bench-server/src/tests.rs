use highball::{block_on, prelude::*};

use crate::Api;

/// Sends a GET request and returns the status, the content type and the body of the response.
fn get(path: &str) -> (u16, String, String) {
    let response = block_on(Api.test().get(path).send());
    let kind = response.header(header::CONTENT_TYPE).to_owned();
    (response.status().as_u16(), kind, response.text().to_owned())
}

fn check(path: &str, kind: &str, body: &str) {
    let expected = (200, kind.to_owned(), body.to_owned());
    assert_eq!(get(path), expected, "{path}");
}

#[test]
fn responses_match_the_contract() {
    check("/ping", "application/json", r#"{"message":"pong"}"#);
    check("/plaintext", "text/plain; charset=utf-8", "Hello, World!");
    check(
        "/users/42",
        "application/json",
        r#"{"id":42,"name":"user-42"}"#,
    );
    check(
        "/repos/rust-lang/rust/issues/1347/comments",
        "application/json",
        r#"{"owner":"rust-lang","repo":"rust","number":1347}"#,
    );
    check("/authorizations/1", "text/plain; charset=utf-8", "stub");
    assert_eq!(get("/users/abc").0, 400);
    assert_eq!(get("/nowhere").0, 404);
    assert_eq!(Api::ROUTES.len(), 6 + 138);
}

#[test]
fn big_returns_512_items() {
    let (status, _, body) = get("/big");
    assert_eq!(status, 200);
    assert!((60_000..70_000).contains(&body.len()), "{}", body.len());
    let first = r#"[{"id":100000,"name":"Item number 0000","email":"item0000@example.com","active":true,"score":0.5,"tags":["red","large","lot-000"]},"#;
    assert!(body.starts_with(first), "{}", &body[..200]);
    let items: Vec<Value> = highball::serde_json::from_str(&body).expect("it is JSON");
    assert_eq!(items.len(), 512);
}

#[test]
fn order_is_echoed() {
    let order = include_str!("order.json").trim();
    let response = block_on(
        Api.test()
            .post("/echo")
            .header(header::CONTENT_TYPE, "application/json")
            .body(order)
            .send(),
    );
    assert_eq!(response.text(), order);
    let bad = Api
        .test()
        .post("/echo")
        .header(header::CONTENT_TYPE, "application/json");
    assert_eq!(block_on(bad.body("{").send()).status(), 400);
}

#[test]
fn one_route_has_five_middlewares() {
    let client = Api.test().start();
    let get = |token: &str| {
        let request = client.get("/mw").header(header::AUTHORIZATION, token);
        block_on(request.send())
    };
    let response = get("Bearer secret-token");
    assert_eq!(response.text(), r#"{"message":"pong"}"#);
    let header = |name: &'static str| {
        response
            .header(highball::http::HeaderName::from_static(name))
            .to_owned()
    };
    assert_eq!(header("x-frame-options"), "DENY");
    assert_eq!(header("x-request-id").len(), 16);
    assert!(header("x-response-time").parse::<u64>().is_ok());
    assert_eq!(get("Bearer other").status(), 401);
    let other = block_on(client.get("/ping").send());
    assert!(other.headers().get("x-request-id").is_none());
}
