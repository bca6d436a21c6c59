use highball::{block_on, prelude::*, testing::TestResponse};

use crate::{Api, AppState};

fn get(path: &str, accept: &str) -> TestResponse {
    let request = Api.test().state(AppState::new()).get(path);
    block_on(request.header(header::ACCEPT, accept).send())
}

#[test]
fn site_and_api_are_served_by_one_app() {
    for (path, accept, status, text) in [
        ("/", "text/html", 200, "<h1>Books</h1>"),
        ("/app.js", "*/*", 200, "fetch(\"/api/books\")"),
        ("/about", "text/html", 200, "<h1>Books</h1>"),
        ("/about/us/", "text/html", 200, "<h1>Books</h1>"),
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
