use highball::{
    block_on,
    prelude::*,
    testing::{TestResponse, TestSession},
};

use crate::{Api, AppState};

fn client() -> TestSession<Api> {
    Api.test().state(AppState::new()).start()
}

fn get(path: &str, accept: &str) -> TestResponse {
    let request = Api.test().state(AppState::new()).get(path);
    block_on(request.header(header::ACCEPT, accept).send())
}

fn post(body: &Value) -> TestResponse {
    block_on(client().post("/api/books").json(body).send())
}

fn night_mail() -> Value {
    json!({ "id": "9007199254740993", "title": "Night Mail", "author": "W. H. Auden", "year": 1936 })
}

/// Asserts the status and the detail of a rejection.
#[track_caller]
fn assert_problem(response: &TestResponse, status: u16, detail: &str) {
    let problem: Value = response.json();
    assert_eq!(response.status(), status, "{problem}");
    let content_type = response.header(header::CONTENT_TYPE);
    assert_eq!(content_type, "application/problem+json");
    assert_eq!(problem["detail"], detail);
}

#[test]
fn site_and_api_are_served_by_one_app() {
    for (path, accept, status, text) in [
        ("/", "text/html", 200, "<h1>Books</h1>"),
        ("/app.js", "*/*", 200, "\"/api/books\""),
        ("/about", "text/html", 200, "<h1>Books</h1>"),
        ("/about/us/", "text/html", 200, "<h1>Books</h1>"),
        ("/books/1", "text/html", 200, "<h1>Books</h1>"),
        ("/api/books", "application/json", 200, "Night Mail"),
        ("/none.js", "*/*", 404, "there is no such file"),
        (
            "/..%2fCargo.toml",
            "text/html",
            404,
            "there is no such file",
        ),
    ] {
        let response = get(path, accept);
        assert_eq!(response.status(), status, "{path}");
        assert!(
            response.text().contains(text),
            "{path}: {}",
            response.text()
        );
    }
    let policy = get("/", "text/html");
    assert!(
        policy
            .header(header::CONTENT_SECURITY_POLICY)
            .starts_with("default-src 'self'")
    );
}

#[test]
fn books_are_listed() {
    let response = get("/api/books", "application/json");
    let signal_man =
        json!({ "id": "1", "title": "The Signal-Man", "author": "Charles Dickens", "year": 1866 });
    assert_eq!(response.json::<Value>(), json!([signal_man, night_mail()]));
}

/// As a JSON number, JavaScript would round the id to 9007199254740992.
#[test]
fn large_id_is_a_text_that_selects_its_book() {
    let client = client();
    block_on(async {
        let books: Value = client.get("/api/books").send().await.json();
        let id = books[1]["id"].as_str().expect("a text");
        assert!(id.parse::<u64>().unwrap() > 1 << 53);

        let shown = client.get(&format!("/api/books/{id}")).send().await;
        assert_eq!(shown.json::<Value>(), night_mail());
    });
}

#[test]
fn unknown_id_is_404() {
    let response = get("/api/books/9007199254740992", "application/json");
    assert_problem(&response, 404, "there is no book 9007199254740992");
}

#[test]
fn invalid_id_is_400() {
    let response = get("/api/books/one", "application/json");
    let detail = "the path parameter `id` cannot be `one`";
    assert_problem(&response, 400, detail);
}

#[test]
fn new_book_is_at_its_location() {
    let client = client();
    block_on(async {
        let body = json!({ "title": " Emma ", "author": "Jane Austen", "year": 1815 });
        let created = client.post("/api/books").json(&body).send().await;
        let expected = json!({
            "id": "9007199254740994", "title": "Emma", "author": "Jane Austen", "year": 1815,
        });
        assert_eq!(created.status(), 201);
        let location = created.header(header::LOCATION);
        assert_eq!(location, "/api/books/9007199254740994");
        assert_eq!(created.json::<Value>(), expected);

        let shown = client.get(location).send().await;
        assert_eq!(shown.json::<Value>(), expected);
    });
}

#[test]
fn same_book_is_409() {
    let response = post(&json!({ "title": "Night Mail", "author": "W. H. Auden", "year": 1936 }));
    let detail = "book 9007199254740993 has this title and author already";
    assert_problem(&response, 409, detail);
}

#[test]
fn each_invalid_field_is_in_the_422() {
    let response = post(&json!({ "title": " ", "author": "x".repeat(101), "year": 0 }));
    assert_problem(&response, 422, "3 fields are not valid");
    let error = |name: &str, detail: &str| json!({ "in": "body", "name": name, "detail": detail });
    let expected = json!([
        error("/author", "must have at most 100 characters"),
        error("/title", "must not be empty"),
        error("/year", "must be a year from 1450 to 2100"),
    ]);
    assert_eq!(response.json::<Value>()["errors"], expected);
}

#[test]
fn document_has_the_api_and_no_files() {
    let document: Value = get("/api/openapi.json", "application/json").json();
    let paths = document["paths"].as_object().expect("an object");
    let paths: Vec<_> = paths.keys().collect();
    assert_eq!(paths, ["/api/books", "/api/books/{id}"]);
    assert_eq!(
        document["components"]["schemas"]["BookId"]["type"],
        "string"
    );
    assert!(!document.to_string().contains("x-unknown-answers"));
}
