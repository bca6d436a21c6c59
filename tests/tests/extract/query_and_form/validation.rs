//! Validation: an error contains the name of the field in the request, and all errors are reported together.

use garde::Validate;
use highball::{extract::Valid, prelude::*, testing::TestRequest};
use serde::Deserialize;

use super::FORM;

#[derive(Debug, Deserialize, Validate)]
struct SignUp {
    #[garde(length(min = 2))]
    name: String,
    #[garde(inner(length(min = 2)))]
    #[serde(default)]
    tags: Vec<String>,
}

/// A struct that is flattened into a query.
#[derive(Debug, Deserialize, Validate)]
struct Search {
    #[garde(dive)]
    #[serde(flatten)]
    paging: Paging,
}

#[derive(Debug, Deserialize, Validate)]
struct Paging {
    #[garde(range(max = 100))]
    size: u32,
}

#[get("/query")]
async fn query(value: Valid<Query<SignUp>>) -> String {
    format!("{} {}", value.name, value.tags.len())
}

#[get("/search")]
async fn search(value: Valid<Query<Search>>) -> String {
    value.paging.size.to_string()
}

#[any("/form")]
async fn form(value: Valid<Form<SignUp>>) -> String {
    format!("{} {}", value.name, value.tags.len())
}

#[any("/bind")]
async fn bind(value: Valid<Bind<SignUp>>) -> String {
    format!("{} {}", value.name, value.tags.len())
}

#[post("/json")]
async fn json(value: Valid<Json<SignUp>>) -> String {
    format!("{} {}", value.name, value.tags.len())
}

#[derive(Debug, Deserialize)]
struct Bulk {
    items: Vec<SignUp>,
}

#[post("/bulk")]
async fn bulk(bulk: Json<Bulk>) -> Result<String, Rejection> {
    let all = Rejection::new(StatusCode::UNPROCESSABLE_ENTITY, "some items are not valid");
    let reports = bulk.items.iter().enumerate();
    let all = reports.fold(all, |all, (idx, item)| match item.validate() {
        Ok(()) => all,
        Err(report) => {
            let one = Rejection::from(report).with_prefix(&format!("/items/{idx}"));
            all.with_errors_of(one)
        }
    });
    match all.errors() {
        [] => Ok(format!("{} items", bulk.items.len())),
        _ => Err(all),
    }
}

#[routes(app)]
struct Rules(query, search, form, bind, json, bulk);

/// Returns the place and the name of each error.
async fn told(request: TestRequest) -> Vec<(String, String)> {
    let response = request.send().await;
    let problem: Value = response.json();
    assert_eq!(response.status(), 422, "{problem}");
    let errors = problem["errors"].as_array().expect("errors");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let told = errors
        .iter()
        .map(|error| (text(&error["in"]), text(&error["name"])));
    told.collect()
}

fn list(place: &str, names: &[&str]) -> Vec<(String, String)> {
    let pair = |name: &&str| (place.to_owned(), (*name).to_owned());
    names.iter().map(pair).collect()
}

#[tokio::test]
async fn query_error_names_the_key() {
    for path in ["/query", "/form", "/bind"] {
        let path = format!("{path}?name=a&tags=bb&tags=c");
        let told = told(Rules.test().get(&path)).await;
        assert_eq!(told, list("query", &["name", "tags"]), "{path}");
    }
    let told = told(Rules.test().get("/search?size=101")).await;
    assert_eq!(told, list("query", &["size"]));
}

#[tokio::test]
async fn form_error_names_the_key() {
    for path in ["/form", "/bind"] {
        let request = Rules.test().post(path).body("name=a&tags=bb&tags=c");
        let told = told(request.header(header::CONTENT_TYPE, FORM)).await;
        assert_eq!(told, list("body", &["name", "tags"]), "{path}");
    }
}

#[tokio::test]
async fn json_error_has_a_pointer() {
    for path in ["/json", "/bind"] {
        let body = json!({ "name": "a", "tags": ["bb", "c"] });
        let told = told(Rules.test().post(path).json(&body)).await;
        assert_eq!(told, list("body", &["/name", "/tags/1"]), "{path}");
    }
}

#[tokio::test]
async fn query_error_of_a_request_with_body_is_a_query_error() {
    for path in ["/form", "/bind"] {
        let path = format!("{path}?name=a");
        let told = told(Rules.test().get(&path).body("{}")).await;
        assert_eq!(told, list("query", &["name"]), "{path}");
    }
}

#[tokio::test]
async fn errors_of_all_items_are_reported_together() {
    let body = json!({ "items": [
        { "name": "anna", "tags": ["ok"] },
        { "name": "a" },
        { "name": "bert", "tags": ["ok", "x"] },
    ] });
    let told = told(Rules.test().post("/bulk").json(&body)).await;
    assert_eq!(told, list("body", &["/items/1/name", "/items/2/tags/1"]));
    let body = json!({ "items": [{ "name": "anna" }] });
    let response = Rules.test().post("/bulk").json(&body).send().await;
    assert_eq!(response.text(), "1 items");
}
