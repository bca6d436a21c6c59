//! `Cors`: preflights, and which origins can read a response.

use highball::{
    middleware::{Cors, cors},
    prelude::*,
    testing::TestResponse,
};

use crate::has;

#[guard]
fn rejects_all() -> Result<(), StatusCode> {
    Err(StatusCode::UNAUTHORIZED)
}

#[get("/books")]
async fn books() -> &'static str {
    "books"
}

#[post("/books", with(rejects_all))]
async fn add() {}

#[any("/any", with(rejects_all))]
async fn any_method() {}

#[routes(
    app,
    with(
        Cors::origins(&["https://shop.example", "https://*.shop.example"])
            .headers(&["content-type", "x-cart"])
            .expose(&["x-total", "etag"])
            .credentials()
            .max_age(secs(600))
    )
)]
struct Api(books, add, any_method);

#[routes(app, with(Cors::any().any_header()))]
struct Open(books, add);

#[derive(State)]
struct AppState {
    cors: Cors,
}

#[routes(app, with(cors))]
struct Configured(books, add);

fn allowed(response: &TestResponse) -> &str {
    match has(response, header::ACCESS_CONTROL_ALLOW_ORIGIN) {
        true => response.header(header::ACCESS_CONTROL_ALLOW_ORIGIN),
        false => "",
    }
}

async fn preflight(path: &str, origin: &str) -> TestResponse {
    let request = Api.test().options(path).header(header::ORIGIN, origin);
    request
        .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST")
        .header(header::ACCESS_CONTROL_REQUEST_HEADERS, "x-cart")
        .send()
        .await
}

#[tokio::test]
async fn preflight_skips_guards_and_lists_the_methods_of_the_path() {
    let response = preflight("/books", "https://shop.example").await;
    assert_eq!(response.status(), 204);
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "https://shop.example"),
        (
            header::ACCESS_CONTROL_ALLOW_METHODS,
            "GET, HEAD, POST, OPTIONS",
        ),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "content-type, x-cart"),
        (header::ACCESS_CONTROL_ALLOW_CREDENTIALS, "true"),
        (header::ACCESS_CONTROL_MAX_AGE, "600"),
        (header::VARY, "origin"),
    ] {
        assert_eq!(response.header(name.clone()), value, "{name}");
    }
    let response = preflight("/any", "https://a.shop.example").await;
    assert_eq!(response.status(), 204);
    assert_eq!(
        response.header(header::ACCESS_CONTROL_ALLOW_METHODS),
        "GET, HEAD, POST, PUT, PATCH, DELETE"
    );
}

#[tokio::test]
async fn other_origins_are_rejected_in_preflights_and_not_allowed_to_read() {
    for origin in ["https://evil.example", "null", "https://evilshop.example"] {
        let response = preflight("/books", origin).await;
        assert_eq!(response.status(), 403, "{origin}");
        assert_eq!(allowed(&response), "");
        assert_eq!(response.header(header::VARY), "origin");
        let request = Api.test().get("/books").header(header::ORIGIN, origin);
        let response = request.send().await;
        assert_eq!((response.status().as_u16(), allowed(&response)), (200, ""));
        assert_eq!(response.header(header::VARY), "origin");
    }
    let response = Api.test().get("/books").send().await;
    assert_eq!(
        (allowed(&response), response.header(header::VARY)),
        ("", "origin")
    );
}

#[tokio::test]
async fn allowed_origin_can_read_responses_and_rejections() {
    let origin = "https://shop.example";
    for (method, path, status) in [
        (Method::GET, "/books", 200),
        (Method::POST, "/books", 401),
        (Method::GET, "/nowhere", 404),
        (Method::DELETE, "/books", 405),
        (Method::OPTIONS, "/books", 204),
    ] {
        let request = Api.test().request(method, path);
        let response = request.header(header::ORIGIN, origin).send().await;
        assert_eq!(response.status(), status, "{path}");
        assert_eq!(allowed(&response), origin, "{path}");
        assert_eq!(
            response.header(header::ACCESS_CONTROL_EXPOSE_HEADERS),
            "x-total, etag"
        );
    }
}

#[tokio::test]
async fn any_origin_is_a_star_without_vary() {
    let request = Open.test().get("/books").header(header::ORIGIN, "null");
    let response = request.send().await;
    assert_eq!(allowed(&response), "*");
    assert!(!has(&response, header::VARY));
    let request = Open.test().options("/books").header(header::ORIGIN, "null");
    let request = request.header(header::ACCESS_CONTROL_REQUEST_METHOD, "GET");
    let request = request.header(header::ACCESS_CONTROL_REQUEST_HEADERS, "x-a, x-b");
    let response = request.send().await;
    assert_eq!(
        response.header(header::ACCESS_CONTROL_ALLOW_HEADERS),
        "x-a, x-b"
    );
    assert_eq!(
        response.header(header::VARY),
        "access-control-request-headers"
    );
}

#[tokio::test]
async fn origins_can_come_from_the_state() {
    let cors = Cors::from_origins(["https://shop.example"]).expect("origins");
    let client = Configured.test().state(AppState { cors }).start();
    for (origin, expected) in [
        ("https://shop.example", "https://shop.example"),
        ("https://evil.example", ""),
    ] {
        let request = client.get("/books").header(header::ORIGIN, origin);
        assert_eq!(allowed(&request.send().await), expected);
    }
    let error = Cors::from_origins(["https://shop.example/"]).expect_err("no origin");
    assert_eq!(
        error.to_string(),
        "`https://shop.example/` is not an origin: leave out what follows the host and the port"
    );
}
