//! `method_override`: a POST request that names another method in a header.

use highball::{http::HeaderName, prelude::*};

#[post("/books")]
async fn add() -> &'static str {
    "added"
}

#[delete("/books")]
async fn remove() -> &'static str {
    "removed"
}

#[get("/books")]
async fn list() -> &'static str {
    "list"
}

#[routes(app, method_override)]
struct Api(add, remove, list);

#[routes(app)]
struct Strict(add, remove, list);

const NAME: HeaderName = HeaderName::from_static("x-http-method-override");

async fn ask(method: Method, named: &str) -> (u16, String) {
    let request = Api.test().request(method, "/books").header(NAME, named);
    let response = request.send().await;
    (response.status().as_u16(), response.text().to_owned())
}

#[tokio::test]
async fn post_can_name_another_method() {
    assert_eq!(
        ask(Method::POST, "DELETE").await,
        (200, "removed".to_owned())
    );
    assert_eq!(ask(Method::POST, "PUT").await.0, 405);
    assert_eq!(ask(Method::GET, "DELETE").await, (200, "list".to_owned()));
    for wrong in ["GET", "delete", "", "TRACE"] {
        let (status, text) = ask(Method::POST, wrong).await;
        assert_eq!(status, 400, "{wrong}");
        assert!(text.contains("must be PUT, PATCH or DELETE"), "{text}");
    }
    let request = Api.test().post("/books").header(NAME, "DELETE");
    assert_eq!(request.header(NAME, "PUT").send().await.status(), 400);
    assert_eq!(Api.test().post("/books").send().await.text(), "added");
    let strict = Strict.test().post("/books").header(NAME, "DELETE");
    assert_eq!(strict.send().await.text(), "added");
}
