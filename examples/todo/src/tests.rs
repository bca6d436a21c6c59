use highball::{
    block_on,
    prelude::*,
    testing::{TestResponse, TestSession},
};

use crate::{Api, AppState};

/// Returns a client of an app with two todos, of which the second is done.
fn client() -> TestSession<Api> {
    let client = Api.test().state(AppState::default()).start();
    block_on(async {
        for title in ["buy milk", "write tests"] {
            let new = client.post("/todos").json(&json!({ "title": title }));
            assert_eq!(new.send().await.status(), 201);
        }
        let done = client.patch("/todos/2").json(&json!({ "done": true }));
        let done = done.header(header::IF_MATCH, "\"1\"").send().await;
        assert_eq!(done.status(), 200);
    });
    client
}

#[test]
fn the_examples_of_the_document_are_true() {
    block_on(highball_openapi::examples(&client()));
}

/// Sends a request. A `PATCH` accepts any version of the todo.
fn send(method: Method, path: &str, body: Option<Value>) -> TestResponse {
    let request = client().request(method.clone(), path);
    let request = match method {
        Method::PATCH => request.header(header::IF_MATCH, "*"),
        _ => request,
    };
    let request = match body {
        Some(body) => request.json(&body),
        None => request,
    };
    block_on(request.send())
}

fn get(path: &str) -> TestResponse {
    send(Method::GET, path, None)
}

fn milk() -> Value {
    json!({ "id": 1, "title": "buy milk", "done": false })
}

fn tests() -> Value {
    json!({ "id": 2, "title": "write tests", "done": true })
}

/// Asserts the status and the detail of a rejection. `type` and `title` follow from the status.
#[track_caller]
fn assert_problem(response: &TestResponse, status: u16, detail: &str) {
    let problem: Value = response.json();
    assert_eq!(response.status(), status, "{problem}");
    let content_type = response.header(header::CONTENT_TYPE);
    assert_eq!(content_type, "application/problem+json");
    assert_eq!(problem["status"], status);
    assert_eq!(problem["detail"], detail);
}

#[test]
fn todos_are_listed_by_filter() {
    for (path, expected) in [
        ("/todos", json!([milk(), tests()])),
        ("/todos?done=false", json!([milk()])),
        ("/todos?done=true", json!([tests()])),
    ] {
        let response = get(path);
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(response.json::<Value>(), expected, "{path}");
    }
}

#[test]
fn todo_is_returned() {
    let response = get("/todos/1");
    assert_eq!(response.status(), 200);
    assert_eq!(response.json::<Value>(), milk());
}

#[test]
fn new_todo_is_at_its_location() {
    let client = client();
    block_on(async {
        let body = json!({ "title": "  sleep " });
        let created = client.post("/todos").json(&body).send().await;
        let expected = json!({ "id": 3, "title": "sleep", "done": false });
        assert_eq!(created.status(), 201);
        assert_eq!(created.header(header::LOCATION), "/todos/3");
        assert_eq!(created.json::<Value>(), expected);

        let shown = client.get(created.header(header::LOCATION)).send().await;
        assert_eq!(shown.json::<Value>(), expected);
    });
}

#[test]
fn change_keeps_the_other_fields() {
    for (change, expected) in [
        (
            json!({ "done": true }),
            json!({ "id": 1, "title": "buy milk", "done": true }),
        ),
        (
            json!({ "title": "buy oat milk" }),
            json!({ "id": 1, "title": "buy oat milk", "done": false }),
        ),
        (json!({ "title": "buy milk" }), milk()),
        (json!({}), milk()),
    ] {
        let response = send(Method::PATCH, "/todos/1", Some(change));
        assert_eq!(response.status(), 200);
        assert_eq!(response.json::<Value>(), expected);
    }
}

#[test]
fn second_change_to_the_same_version_is_412() {
    let client = client();
    let change = |tag: &str, title: &str| {
        let request = client.patch("/todos/1").header(header::IF_MATCH, tag);
        block_on(request.json(&json!({ "title": title })).send())
    };
    let shown = block_on(client.get("/todos/1").send());
    let tag = shown.header(header::ETAG);
    assert_eq!(tag, "\"1\"");

    let first = change(tag, "buy oat milk");
    assert_eq!(
        (first.status().as_u16(), first.header(header::ETAG)),
        (200, "\"2\"")
    );

    let detail = "the resource does not meet the precondition `if-match`: it has none of these versions: read it again, and send its `ETag`";
    assert_problem(&change(tag, "buy rice milk"), 412, detail);
    let shown = block_on(client.get("/todos/1").send());
    assert_eq!(shown.json::<Value>()["title"], "buy oat milk");

    assert_eq!(
        change(shown.header(header::ETAG), "buy rice milk").status(),
        200
    );
    let removed = client.delete("/todos/1").header(header::IF_MATCH, tag);
    assert_eq!(block_on(removed.send()).status(), 412);
}

#[test]
fn change_without_a_version_is_428() {
    let request = client().patch("/todos/1").json(&json!({ "done": true }));
    let detail = "this request needs a precondition: send `If-Match` with the `ETag` of the version that it is for";
    assert_problem(&block_on(request.send()), 428, detail);
}

#[test]
fn known_version_is_304() {
    let request = client()
        .get("/todos/2")
        .header(header::IF_NONE_MATCH, "\"1\", \"2\"");
    let response = block_on(request.send());
    assert_eq!((response.status().as_u16(), response.text()), (304, ""));
    assert_eq!(response.header(header::ETAG), "\"2\"");
}

#[test]
fn removed_todo_is_404() {
    let client = client();
    block_on(async {
        let removed = client.delete("/todos/1").send().await;
        assert_eq!(removed.status(), 204);
        assert_eq!(removed.text(), "");

        let again = client.delete("/todos/1").send().await;
        assert_problem(&again, 404, "there is no todo 1");
    });
}

#[test]
fn unknown_id_is_404() {
    for (method, body) in [
        (Method::GET, None),
        (Method::DELETE, None),
        (Method::PATCH, Some(json!({ "done": true }))),
    ] {
        let response = send(method, "/todos/9", body);
        assert_problem(&response, 404, "there is no todo 9");
    }
}

#[test]
fn invalid_id_is_400_and_named() {
    let response = get("/todos/one");
    let detail = "the path parameter `id` must be a `u64`, not `one`";
    assert_problem(&response, 400, detail);
    let error = json!({
        "in": "path", "name": "id", "expected": "u64", "got": "one", "detail": "must be a `u64`, not `one`"
    });
    assert_eq!(response.json::<Value>()["errors"], json!([error]));
}

#[test]
fn invalid_filter_is_400() {
    let response = get("/todos?done=maybe");
    let problem: Value = response.json();
    assert_eq!(response.status(), 400);
    let detail = problem["detail"].as_str().unwrap();
    assert!(
        detail.contains("true") && detail.contains("query"),
        "{detail}"
    );
}

#[test]
fn invalid_body_is_explained() {
    let json = "application/json";
    for (content_type, body, status, expected) in [
        (json, "{\"title\":", 400, "the JSON ends too early"),
        (json, "title=x", 400, "the body is not JSON"),
        (
            json,
            "{\"title\":7}",
            422,
            "`/title` must be a string, not `7`",
        ),
        (json, "{}", 422, "`/title` is missing"),
        (
            json,
            "{\"titel\":\"x\"}",
            422,
            "`/titel` is not expected; write `title`",
        ),
        (
            json,
            "{\"title\":\"x\"} y",
            400,
            "the value is followed by something else",
        ),
        ("text/plain", "{\"title\":\"x\"}", 415, "application/json"),
    ] {
        let request = client().post("/todos").body(body);
        let response = block_on(request.header(header::CONTENT_TYPE, content_type).send());
        let problem: Value = response.json();
        let detail = problem["detail"].as_str().unwrap();
        assert_eq!(response.status(), status, "{body}");
        assert!(detail.contains(expected), "{body}: {detail}");
    }
}

#[test]
fn titles_must_be_unique_and_not_empty() {
    for (method, path, title, status, detail) in [
        (Method::POST, "/todos", " ", 422, "the title is empty"),
        (Method::PATCH, "/todos/1", "", 422, "the title is empty"),
        (
            Method::POST,
            "/todos",
            "buy milk",
            409,
            "todo 1 has this title already",
        ),
        (
            Method::PATCH,
            "/todos/1",
            "write tests",
            409,
            "todo 2 has this title already",
        ),
    ] {
        let response = send(method, path, Some(json!({ "title": title })));
        assert_problem(&response, status, detail);
    }
}

#[test]
fn wrong_method_is_405_with_allow() {
    for (method, path, allow) in [
        (Method::PUT, "/todos", "GET, HEAD, POST, OPTIONS"),
        (
            Method::POST,
            "/todos/1",
            "GET, HEAD, PATCH, DELETE, OPTIONS",
        ),
    ] {
        let response = send(method, path, None);
        assert_eq!(response.status(), 405, "{path}");
        assert_eq!(response.header(header::ALLOW), allow, "{path}");
    }
}

#[test]
fn unknown_path_is_404() {
    let response = get("/todo/1");
    assert_eq!(response.status(), 404);
    assert!(response.text().contains("no route matches `/todo/1`"));
}

#[test]
fn every_response_has_the_timing_header() {
    for path in ["/health", "/todos", "/todos/9", "/nowhere"] {
        let response = get(path);
        let timing = response.headers().get("server-timing");
        assert!(timing.is_some(), "{path}");
    }
}
