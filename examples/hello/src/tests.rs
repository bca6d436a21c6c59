use highball::{block_on, prelude::*, testing::TestResponse};

use super::Api;

fn send(method: Method, path: &str) -> TestResponse {
    block_on(Api.test().request(method, path).send())
}

#[test]
fn ping_returns_pong() {
    let response = send(Method::GET, "/ping");
    assert_eq!(response.status(), 200);
    assert_eq!(response.header(header::CONTENT_TYPE), "application/json");
    assert_eq!(response.text(), r#"{"message":"pong"}"#);
}

#[test]
fn user_is_returned() {
    let response = send(Method::GET, "/users/42");
    assert_eq!(response.status(), 200);
    assert_eq!(response.json::<Value>(), json!({ "id": 42 }));
}

#[test]
fn invalid_id_is_400_and_named() {
    let response = send(Method::GET, "/users/abc");
    assert_eq!(response.status(), 400);
    let expected = json!({
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": "the path parameter `id` must be a `u64`, not `abc`",
        "errors": [{ "in": "path", "name": "id", "expected": "u64", "got": "abc", "detail": "must be a `u64`, not `abc`" }],
    });
    assert_eq!(response.json::<Value>(), expected);
}

#[test]
fn unknown_path_is_404() {
    let response = send(Method::GET, "/user/42");
    let problem: Value = response.json();
    // Only debug builds suggest a route, so that a release build does not disclose its routes.
    let expected = if cfg!(debug_assertions) {
        "no route matches `/user/42`; did you mean `/users/{id}`?"
    } else {
        "no route matches `/user/42`"
    };
    assert_eq!(response.status(), 404);
    assert_eq!(problem["detail"], expected);
}

#[test]
fn wrong_method_is_405_with_allow() {
    let response = send(Method::POST, "/ping");
    assert_eq!(response.status(), 405);
    assert_eq!(response.header(header::ALLOW), "GET, HEAD, OPTIONS");
    let content_type = response.header(header::CONTENT_TYPE);
    assert_eq!(content_type, "application/problem+json");
}

#[test]
fn head_is_get_without_the_body() {
    let response = send(Method::HEAD, "/ping");
    assert_eq!(response.status(), 200);
    assert_eq!(response.header(header::CONTENT_LENGTH), "18");
    assert_eq!(response.text(), "");
}
