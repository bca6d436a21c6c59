use axum::{body::Body, http::Request};
use highball::{block_on, testing::TestApp as _};
use tower::ServiceExt;

use crate::{Api, AppState, inside, router};

#[test]
fn highball_handles_moved_routes_and_forwards_the_rest() {
    let state = AppState { router: router() };
    let client = Api.test().state(state).start();
    block_on(async {
        let book = client.get("/books/7").send().await;
        assert_eq!(book.text(), "Highball's book 7");
        let author = client.get("/old/authors/zo%C3%AB").send().await;
        assert_eq!(author.text(), "axum's author zoë");
        let echo = client.post("/old/echo").body("hello").send().await;
        assert_eq!(echo.text(), "hello");
        assert_eq!(client.get("/old/nothing").send().await.status(), 404);
        assert_eq!(client.get("/nothing").send().await.status(), 404);
    });
}

#[test]
fn axum_falls_back_to_highball() {
    block_on(async {
        for (path, status, text) in [
            ("/old/authors/zoe", 200, "axum's author zoe"),
            ("/books/7", 200, "Highball's book 7"),
            ("/books/x", 400, "the path parameter `id` must be a `u32`"),
            ("/nothing", 404, "no route matches"),
        ] {
            let request = Request::get(path).body(Body::empty()).expect("a request");
            let Ok(response) = inside().oneshot(request).await;
            assert_eq!(response.status(), status, "{path}");
            let body = highball::Body::new(response.into_body());
            let body = body.collect(1000).await.expect("a body");
            let body = String::from_utf8_lossy(&body);
            assert!(body.contains(text), "{path}: {body}");
        }
    });
}
