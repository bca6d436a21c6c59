//! Examples in doc comments: they run as tests, and the document has them.

use std::panic::AssertUnwindSafe;

use highball::{block_on, extract::LastEventId, prelude::*, testing::TestSession};
use highball_openapi::{Document, compare::compare, examples};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
struct Item {
    name: String,
    count: u8,
}

#[derive(Debug, Deserialize, JsonSchema)]
struct Filter {
    word: Option<String>,
    #[serde(default)]
    tag: Vec<String>,
    limit: Option<u8>,
}

/// Shows the items of a shop.
///
/// ```http only one of them
/// GET /north%20side/items?word=a+b&limit=2&tag=x&tag=y
/// Last-Event-ID: 7
///
/// 200
/// Content-Type: application/json
///
/// [{"count": 2, "name": "north side a b x|y 7"}]
/// ```
///
/// ```http a limit that is no number
/// GET /north/items?limit=many
/// 400 Bad Request
/// ```
#[get("/{shop}/items")]
async fn list(shop: &str, filter: Query<Filter>, last: LastEventId) -> Json<Vec<Item>> {
    let Filter { word, tag, limit } = filter.0;
    let (word, tag) = (word.unwrap_or_default(), tag.join("|"));
    let name = format!("{shop} {word} {tag} {}", last.id().unwrap_or_default());
    let count = limit.unwrap_or_default();
    Json(vec![Item { name, count }])
}

/// Adds an item.
///
/// ```http
/// POST /items
/// {"name": "tea", "count": 2}
/// 201
/// Location: /items/tea
/// ```
///
/// ```http too many
/// POST /items
/// {"name": "tea", "count": 256}
/// 422
/// ```
///
/// It is not stored.
#[post("/items")]
async fn add(item: Json<Item>) -> Created<Json<Item>> {
    Created::at(format!("/items/{}", item.name), item)
}

#[routes(app)]
struct Api(list, add);

/// The same routes without examples.
mod plain {
    use super::*;

    /// Shows the items of a shop.
    #[get("/{shop}/items")]
    async fn list(shop: &str, _: Query<Filter>, _: LastEventId) -> Json<Vec<Item>> {
        let name = shop.to_owned();
        Json(vec![Item { name, count: 0 }])
    }

    /// Adds an item.
    ///
    /// It is not stored.
    #[post("/items")]
    async fn add(item: Json<Item>) -> Created<Json<Item>> {
        Created::at("/", item)
    }

    #[routes(app)]
    pub(crate) struct Api(list, add);
}

fn document() -> Value {
    let document = Document::of::<Api>("Shop", "1")
        .build()
        .expect("a document");
    serde_json::from_str(document.json()).expect("JSON")
}

#[test]
fn true_examples_pass() {
    block_on(examples(&Api.test().start()));
}

#[test]
fn parameters_have_the_values_of_the_first_request_that_succeeds() {
    let document = document();
    let parameters = &document["paths"]["/{shop}/items"]["get"]["parameters"];
    let mut found: Vec<_> = parameters
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| (one["name"].as_str().unwrap_or_default(), &one["example"]))
        .collect();
    found.sort_by_key(|(name, _)| *name);
    assert_eq!(
        found,
        [
            ("last-event-id", &json!("7")),
            ("limit", &json!(2)),
            ("shop", &json!("north side")),
            ("tag", &json!(["x", "y"])),
            ("word", &json!("a b")),
        ]
    );
}

#[test]
fn bodies_have_examples_and_descriptions_have_none() {
    let document = document();
    let add = &document["paths"]["/items"]["post"];
    assert_eq!(add["summary"], "Adds an item");
    assert_eq!(add["description"], "It is not stored.");
    let body = &add["requestBody"]["content"]["application/json"]["examples"];
    // The second request is rejected, so it is no example of a valid body.
    let expected = json!({ "example1": { "value": { "name": "tea", "count": 2 } } });
    assert_eq!(*body, expected);
    let list = &document["paths"]["/{shop}/items"]["get"]["responses"]["200"];
    let example = &list["content"]["application/json"]["examples"]["example1"];
    assert_eq!(example["summary"], "only one of them");
    assert_eq!(example["value"][0]["count"], 2);
}

#[test]
fn examples_change_nothing_for_clients() {
    let plain = Document::of::<plain::Api>("Shop", "1")
        .build()
        .expect("a document");
    let plain = plain.json().replace("plain_", "");
    let plain: Value = serde_json::from_str(&plain).expect("JSON");
    let changes = compare(&plain, &document());
    assert!(changes.is_empty(), "{changes:?}");
}

/// Returns the message of an app whose examples are wrong.
fn wrong<A: highball::App>(session: &TestSession<A>) -> String {
    let ran = std::panic::catch_unwind(AssertUnwindSafe(|| block_on(examples(session))));
    let panic = ran.expect_err("a wrong example");
    let text = panic.downcast::<String>().map(|text| *text);
    text.unwrap_or_else(|panic| {
        panic
            .downcast::<&str>()
            .map_or_else(|_| String::new(), |text| (*text).to_owned())
    })
}

mod mistakes {
    use super::*;

    /// ```http
    /// GET /number/7
    /// 404
    /// ```
    ///
    /// ```http
    /// GET /number/7
    /// 200
    /// 8
    /// ```
    ///
    /// ```http
    /// GET /number/7
    /// 200
    /// Content-Type: text/plain
    /// ```
    ///
    /// ```http
    /// POST /number/7
    /// 200
    /// ```
    ///
    /// ```http
    /// GET /numbers/7
    /// 200
    /// ```
    ///
    /// ```http
    /// GET /number/x
    /// 200
    /// ```
    #[get("/number/{id}")]
    async fn number(id: u8) -> Json<u8> {
        Json(id)
    }

    /// ```http
    /// GET /
    /// ```
    #[get("/")]
    async fn home() {}

    #[routes(app)]
    pub(super) struct Api(number, home);
}

#[test]
fn each_wrong_example_is_listed_with_its_place() {
    let message = wrong(&mistakes::Api.test().start());
    let lines: Vec<_> = message.lines().collect();
    let expected = [
        "wrong examples:",
        "the route does not document the status 404",
        "expected the body 8, got 7",
        "expected the header `Content-Type: text/plain`, got `application/json`",
        "the handler has another method",
        "its path does not match `/number/{id}`",
        "expected 200, got 400: {",
        "cannot be read: it has no line with the status, such as `200`",
    ];
    assert_eq!(lines.len(), expected.len(), "{message}");
    for (line, expected) in lines.iter().zip(expected) {
        assert!(line.contains(expected), "{line}");
    }
    let place = "the example `GET /number/7` of `GET /number/{id}` (";
    assert!(lines[1].starts_with(place), "{}", lines[1]);
    assert!(lines[1].contains("tests/examples.rs:"), "{}", lines[1]);
}

#[test]
fn a_block_that_cannot_be_read_is_an_error_of_the_document() {
    let error = Document::of::<mistakes::Api>("Wrong", "1").build();
    let error = error.unwrap_err().to_string();
    assert!(error.contains("an example of `GET /` ("), "{error}");
    assert!(error.contains("write another language"), "{error}");
}

#[test]
fn an_app_without_examples_is_an_error() {
    let message = wrong(&plain::Api.test().start());
    assert!(
        message.starts_with("no handler has an example"),
        "{message}"
    );
}
