//! Return values of handlers, and the responses that are made from them.

use std::collections::HashMap;

use highball::{
    prelude::*,
    response::{Accepted, WithStatus},
};

#[derive(Debug, IntoResponse)]
enum Problem {
    #[status(404, "no user {id}")]
    Missing { id: u32 },
    #[status(409)]
    Taken,
    #[status(400, "{0} is not {1:?}")]
    Bad(u8, &'static str),
    #[status(400, "{{0}} is {1}")]
    Second((), u8),
    #[transparent]
    Other(Rejection),
}

#[get("/problem/{n}")]
async fn problem(n: u32) -> Result<(), Problem> {
    Err(match n {
        0 => Problem::Missing { id: 7 },
        1 => Problem::Taken,
        2 => Problem::Bad(1, "b"),
        4 => Problem::Second((), 2),
        _ => Problem::Other(Rejection::new(StatusCode::GONE, "gone").with_type("urn:gone")),
    })
}

#[get("/unit")]
async fn unit() {}

#[get("/status")]
async fn status() -> StatusCode {
    StatusCode::ACCEPTED
}

#[get("/bytes")]
async fn bytes() -> Bytes {
    Bytes::from_static(b"\x00\x01")
}

#[get("/none")]
async fn none() -> Option<&'static str> {
    None
}

#[get("/tuple")]
async fn tuple() -> impl IntoResponse {
    let headers = [(header::ETAG, "\"1\""), (header::CACHE_CONTROL, "no-store")];
    (StatusCode::CREATED, headers, "made")
}

#[get("/bad-header")]
async fn bad_header() -> impl IntoResponse {
    ([("x-a", "line\nbreak")], "made")
}

#[get("/created")]
async fn created() -> Created<Json<Value>> {
    Created::at(unit::path(), Json(json!({ "id": 1 })))
}

#[get("/accepted/{is_placed}")]
async fn accepted(is_placed: bool) -> Accepted<Json<Value>> {
    let body = Json(json!({ "state": "waiting" }));
    match is_placed {
        true => Accepted::at("/jobs/a b", body),
        false => Accepted::new(body),
    }
}

#[get("/with-status/{is_there}")]
async fn with_status(is_there: bool) -> WithStatus<207, Option<&'static str>> {
    WithStatus(is_there.then_some("parts"))
}

#[get("/no-content")]
async fn no_content() -> NoContent {
    NoContent
}

#[get("/redirect")]
async fn redirect() -> Redirect {
    Redirect::to(unit::path())
}

#[get("/unwritable")]
async fn unwritable() -> (StatusCode, Json<HashMap<Vec<u8>, u8>>) {
    // A key that JSON cannot represent.
    (StatusCode::CREATED, Json(HashMap::from([(vec![1], 1)])))
}

#[get("/cx/{n}")]
async fn cx_status(n: u8, cx: &mut Context<'_>) -> Response {
    cx.set_header("x-set", "1");
    match n {
        0 => cx.json(418, &json!([1])),
        1 => cx.text(StatusCode::OK, "text"),
        2 => cx.data(200, "text/csv", "a,b"),
        _ => cx.json(1000, &json!(null)),
    }
}

#[routes(app)]
struct Api(
    problem,
    unit,
    status,
    bytes,
    none,
    tuple,
    bad_header,
    created,
    accepted,
    with_status,
    no_content,
    redirect,
    unwritable,
    cx_status,
);

/// Asserts the status, the content type and the body.
async fn check(path: &str, status: u16, content_type: &str, body: &str) {
    let response = Api.test().get(path).send().await;
    assert_eq!(response.status(), status, "{path}");
    assert_eq!(
        response.header(header::CONTENT_TYPE),
        content_type,
        "{path}"
    );
    assert_eq!(response.text(), body, "{path}");
}

const PROBLEM: &str = "application/problem+json";
const TEXT: &str = "text/plain; charset=utf-8";

#[tokio::test]
async fn plain_values_become_responses() {
    check("/unit", 200, "", "").await;
    check("/status", 202, "", "").await;
    check("/bytes", 200, "application/octet-stream", "\0\u{1}").await;
    check("/no-content", 204, "", "").await;
    check("/with-status/true", 207, TEXT, "parts").await;
    let missing = r#"{"type":"about:blank","title":"Not Found","status":404,"detail":"there is nothing here"}"#;
    check("/with-status/false", 404, PROBLEM, missing).await;
    check("/cx/0", 418, "application/json", "[1]").await;
    check("/cx/1", 200, TEXT, "text").await;
    check("/cx/2", 200, "text/csv", "a,b").await;
    check("/cx/3", 500, "application/json", "null").await;
}

#[tokio::test]
async fn derived_errors_are_problem_details() {
    let problem = |title: &str, status: u16, detail: &str| {
        format!(
            r#"{{"type":"about:blank","title":"{title}","status":{status},"detail":"{detail}"}}"#
        )
    };
    let missing = problem("Not Found", 404, "no user 7");
    check("/problem/0", 404, PROBLEM, &missing).await;
    check(
        "/problem/1",
        409,
        PROBLEM,
        &problem("Conflict", 409, "Conflict"),
    )
    .await;
    let bad = problem("Bad Request", 400, r#"1 is not \"b\""#);
    check("/problem/2", 400, PROBLEM, &bad).await;
    let second = problem("Bad Request", 400, "{0} is 2");
    check("/problem/4", 400, PROBLEM, &second).await;
    let gone = r#"{"type":"urn:gone","title":"Gone","status":410,"detail":"gone"}"#;
    check("/problem/3", 410, PROBLEM, gone).await;
    let nothing = problem("Not Found", 404, "there is nothing here");
    check("/none", 404, PROBLEM, &nothing).await;
}

#[tokio::test]
async fn tuples_combine_their_parts() {
    let response = Api.test().get("/tuple").send().await;
    assert_eq!((response.status().as_u16(), response.text()), (201, "made"));
    assert_eq!(response.header(header::ETAG), "\"1\"");
    assert_eq!(response.header(header::CACHE_CONTROL), "no-store");
    let response = Api.test().get("/created").send().await;
    assert_eq!(
        (
            response.status().as_u16(),
            response.header(header::LOCATION)
        ),
        (201, "/unit")
    );
    let response = Api.test().get("/redirect").send().await;
    assert_eq!(
        (
            response.status().as_u16(),
            response.header(header::LOCATION)
        ),
        (303, "/unit")
    );
}

#[tokio::test]
async fn accepted_names_the_job() {
    for (path, location) in [("/accepted/true", "/jobs/a%20b"), ("/accepted/false", "")] {
        let response = Api.test().get(path).send().await;
        assert_eq!(response.status(), 202);
        assert_eq!(response.header(header::LOCATION), location);
        assert_eq!(response.text(), r#"{"state":"waiting"}"#);
    }
}

#[tokio::test]
async fn value_that_cannot_be_serialized_is_500_without_details() {
    for path in ["/unwritable", "/bad-header"] {
        let response = Api.test().get(path).send().await;
        assert_eq!(response.status(), 500, "{path}");
        assert!(
            response.text().contains("something went wrong on our side"),
            "{path}"
        );
        assert!(!response.text().contains("key"), "{path}");
    }
}

#[tokio::test]
async fn headers_set_through_the_context_are_on_every_response() {
    let response = Api.test().get("/cx/0").send().await;
    assert_eq!(response.headers()["x-set"], "1");
}

fn plain(rejection: &Rejection, cx: &Context<'_>) -> Response {
    let text = format!(
        "{} at {}: {}",
        rejection.status().as_u16(),
        cx.path(),
        rejection.detail()
    );
    cx.text(rejection.status(), text)
}

#[get("/users/{id}")]
async fn user(id: u8) -> Result<String, Problem> {
    if id == 0 {
        return Err(Problem::Taken);
    }
    if id == 1 {
        std::panic::resume_unwind(Box::new("stop"));
    }
    Ok(id.to_string())
}

#[routes(app, rejection = plain)]
struct Plain(user);

#[tokio::test]
async fn rejection_format_applies_to_every_rejection() {
    for (method, path, expected) in [
        (
            Method::GET,
            "/nope",
            "404 at /nope: no route matches `/nope`",
        ),
        (
            Method::PUT,
            "/users/9",
            "405 at /users/9: `/users/9` does not allow PUT",
        ),
        (
            Method::GET,
            "/users/x",
            "400 at /users/x: the path parameter `id` must be a `u8`",
        ),
        (
            Method::GET,
            "/users/%ff",
            "400 at /users/%ff: the path parameter `id` is not valid percent-encoded",
        ),
        (Method::GET, "/users/0", "409 at /users/0: Conflict"),
        (
            Method::GET,
            "/users/1",
            "500 at /users/1: something went wrong on our side",
        ),
    ] {
        let response = Plain.test().request(method, path).send().await;
        assert!(response.text().starts_with(expected), "{}", response.text());
        assert_eq!(response.header(header::CONTENT_TYPE), TEXT);
    }
    let response = Plain.test().put("/users/9").send().await;
    assert_eq!(response.header(header::ALLOW), "GET, HEAD, OPTIONS");
}

/// Returns another rejection, which the framework formats.
fn again(rejection: &Rejection, _: &Context<'_>) -> Response {
    Rejection::new(rejection.status(), "no").into_response()
}

#[routes(app, rejection = again)]
struct Again(user);

#[tokio::test]
async fn rejection_format_can_return_a_rejection() {
    let answer = |method| Again.test().request(method, "/nope").send();
    let (get, head) = (answer(Method::GET).await, answer(Method::HEAD).await);
    assert_eq!(
        (get.status(), head.status()),
        (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND)
    );
    assert!(get.text().contains("\"detail\":\"no\""), "{}", get.text());
    let length = get.text().len().to_string();
    assert_eq!(head.header(header::CONTENT_LENGTH), length);
    assert_eq!(head.text(), "");
}
