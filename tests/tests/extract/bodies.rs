//! Extractors of JSON, forms and streams, and the rejections of invalid bodies.

use garde::Validate;
use highball::{
    body::BodyStream,
    extract::{Either, Valid},
    prelude::*,
    testing::TestResponse,
};
use serde::Deserialize;

#[derive(Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct Order {
    #[garde(length(min = 1))]
    reference: String,
    #[serde(default)]
    #[garde(length(max = 3), dive)]
    lines: Vec<Line>,
}

#[derive(Debug, Deserialize, Validate)]
struct Line {
    #[garde(length(min = 2))]
    sku: String,
    #[garde(range(min = 1, max = 99))]
    count: u32,
}

#[derive(Debug, Deserialize)]
struct Search {
    text: String,
    #[serde(default)]
    tag: Vec<String>,
    page: Option<u8>,
}

fn shown(search: &Search) -> String {
    format!("{} {:?} {:?}", search.text, search.tag, search.page)
}

#[post("/json")]
async fn json_order(order: Json<Order>) -> String {
    format!("{} {}", order.reference, order.lines.len())
}

#[post("/value")]
async fn value(value: Json<Value>) -> Json<Value> {
    value
}

#[post("/valid")]
async fn valid(order: Valid<Json<Order>>) -> String {
    format!("{} {}", order.reference, order.lines.len())
}

#[get("/query")]
async fn by_query(search: Query<Search>) -> String {
    shown(&search)
}

#[route("/form", methods = [GET, POST])]
async fn by_form(search: Form<Search>) -> String {
    shown(&search)
}

#[route("/bind", methods = [GET, POST])]
async fn bind(search: Bind<Search>) -> String {
    shown(&search)
}

#[post("/either")]
async fn either(search: Either<Json<Search>, Form<Search>>) -> String {
    match search {
        Either::Left(search) => format!("JSON {}", shown(&search)),
        Either::Right(search) => format!("form {}", shown(&search)),
    }
}

#[post("/result")]
async fn result(order: Result<Json<Order>, Rejection>) -> String {
    match order {
        Ok(order) => order.0.reference,
        Err(rejection) => format!(
            "{} {}",
            rejection.status().as_u16(),
            rejection.errors().len()
        ),
    }
}

#[post("/optional")]
async fn optional(
    token: Option<Bearer>,
    peer: Option<ConnectInfo>,
    body: Option<Json<Search>>,
) -> String {
    format!("{} {} {}", token.is_some(), peer.is_some(), body.is_some())
}

#[post("/stream", body_limit = 8)]
async fn stream(mut body: BodyStream) -> Result<String, Rejection> {
    let mut bytes = 0;
    while let Some(chunk) = body.chunk().await? {
        bytes += chunk.len();
    }
    Ok(bytes.to_string())
}

#[routes(app)]
struct Api(
    json_order,
    value,
    valid,
    by_query,
    by_form,
    bind,
    either,
    result,
    optional,
    stream,
);

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

async fn post(path: &str, content_type: &str, body: impl Into<Bytes>) -> TestResponse {
    let request = Api.test().post(path).body(body);
    request
        .header(header::CONTENT_TYPE, content_type)
        .send()
        .await
}

/// Asserts the status, and the place and name of each invalid field. No Rust type is named.
#[track_caller]
fn assert_errors(response: &TestResponse, status: u16, expected: &[(&str, &str)]) {
    let problem: Value = response.json();
    assert_eq!(response.status(), status, "{problem}");
    let text = problem.to_string();
    let names_a_type = ["struct ", "Order", "Search"]
        .iter()
        .any(|name| text.contains(name));
    assert!(!names_a_type, "{text}");
    let errors = problem["errors"].as_array().cloned().unwrap_or_default();
    let errors: Vec<_> = errors
        .iter()
        .map(|error| {
            (
                error["in"].as_str().expect("a place"),
                error["name"].as_str().expect("a name"),
            )
        })
        .collect();
    assert_eq!(errors, expected, "{problem}");
}

#[tokio::test]
async fn json_rejection_names_the_invalid_field() {
    for (body, status, errors) in [
        (
            json!({ "reference": 7 }),
            422,
            &[("body", "/reference")][..],
        ),
        (
            json!({ "reference": "a", "lines": [{ "sku": "ab", "count": 1 }, { "sku": "ab", "count": -1 }] }),
            422,
            &[("body", "/lines/1/count")],
        ),
        (
            json!({ "reference": "a", "lines": [{ "sku": "ab" }] }),
            422,
            &[("body", "/lines/0/count")],
        ),
        (
            json!({ "reference": "a", "a/b": 1 }),
            422,
            &[("body", "/a~1b")],
        ),
        (json!({}), 422, &[("body", "/reference")]),
        (json!([]), 422, &[]),
    ] {
        let response = post("/json", JSON, body.to_string()).await;
        assert_errors(&response, status, errors);
    }
    let deep = "[".repeat(10_000);
    assert_errors(&post("/value", JSON, deep).await, 400, &[]);
    assert_errors(
        &post("/json", JSON, "{\"reference\":\"a\"} x").await,
        400,
        &[],
    );
}

#[tokio::test]
async fn all_broken_rules_are_reported_together() {
    let order = json!({
        "reference": "",
        "lines": [{ "sku": "a", "count": 1 }, { "sku": "ab", "count": 100 }],
    });
    let response = post("/valid", JSON, order.to_string()).await;
    let expected = [
        ("body", "/lines/0/sku"),
        ("body", "/lines/1/count"),
        ("body", "/reference"),
    ];
    assert_errors(&response, 422, &expected);
    let problem: Value = response.json();
    assert_eq!(problem["detail"], "3 fields are not valid");
    assert_eq!(problem["errors"][1]["detail"], "greater than 99");
    let order = json!({ "reference": "a", "lines": [{ "sku": "ab", "count": 99 }] });
    assert_eq!(post("/valid", JSON, order.to_string()).await.text(), "a 1");
    let shape = post("/valid", JSON, "{\"reference\":1}").await;
    assert_errors(&shape, 422, &[("body", "/reference")]);
}

#[tokio::test]
async fn form_is_the_body_or_for_get_the_query() {
    let pairs = "text=a+b%26c&tag=x&tag=y&page=7";
    let expected = "a b&c [\"x\", \"y\"] Some(7)";
    for path in ["/form", "/bind", "/query"] {
        let response = Api.test().get(&format!("{path}?{pairs}")).send().await;
        assert_eq!(response.text(), expected, "{path}");
        let response = Api
            .test()
            .get(&format!("{path}?text=a&page=x"))
            .send()
            .await;
        assert_errors(&response, 400, &[("query", "page")]);
    }
    for path in ["/form", "/bind"] {
        let response = post(
            path,
            "application/x-www-form-urlencoded; charset=utf-8",
            pairs,
        )
        .await;
        assert_eq!(response.text(), expected, "{path}");
        assert_errors(
            &post(path, FORM, "text=a&page=300").await,
            422,
            &[("body", "page")],
        );
        assert_errors(&post(path, FORM, "").await, 422, &[("body", "text")]);
        assert_eq!(post(path, "text/plain", pairs).await.status(), 415);
        assert_eq!(post(path, "", pairs).await.status(), 415);
        let many = "a=1&".repeat(100_000);
        assert_errors(&post(path, FORM, many).await, 400, &[]);
    }
    let search = json!({ "text": "a b&c", "tag": ["x", "y"], "page": 7 }).to_string();
    assert_eq!(post("/bind", JSON, search.clone()).await.text(), expected);
    assert_eq!(post("/form", JSON, search).await.status(), 415);
}

#[tokio::test]
async fn either_tries_both_extractors() {
    let search = json!({ "text": "a" }).to_string();
    assert_eq!(post("/either", JSON, search).await.text(), "JSON a [] None");
    assert_eq!(
        post("/either", FORM, "text=a").await.text(),
        "form a [] None"
    );
    assert_eq!(post("/either", "text/plain", "text=a").await.status(), 415);
    assert_errors(
        &post("/either", FORM, "text=a&page=x").await,
        422,
        &[("body", "page")],
    );
}

#[tokio::test]
async fn option_and_result_pass_failures_to_the_handler() {
    assert_eq!(
        post("/result", JSON, "{\"reference\":\"a\"}").await.text(),
        "a"
    );
    assert_eq!(
        post("/result", JSON, "{\"reference\":1}").await.text(),
        "422 1"
    );
    assert_eq!(post("/result", "text/plain", "{}").await.text(), "415 0");
    let plain = Api.test().post("/optional").send().await;
    assert_eq!(plain.text(), "false false false");
    let request = Api.test().post("/optional").bearer("abc");
    let full = request.json(&json!({ "text": "a" })).send().await;
    assert_eq!(full.text(), "true false true");
    let wrong = Api
        .test()
        .post("/optional")
        .header(header::AUTHORIZATION, "Basic x");
    assert_eq!(wrong.send().await.status(), 401);
    assert_eq!(post("/optional", JSON, "{}").await.status(), 422);
}

#[tokio::test]
async fn body_stream_is_limited() {
    assert_eq!(Api.test().post("/stream").send().await.text(), "0");
    assert_eq!(
        Api.test()
            .post("/stream")
            .body("12345678")
            .send()
            .await
            .text(),
        "8"
    );
    assert_eq!(
        Api.test()
            .post("/stream")
            .body("123456789")
            .send()
            .await
            .status(),
        413
    );
}
