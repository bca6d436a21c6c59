//! CORS preflights pass the middleware of the route whose method they name.

use highball::{http::HeaderName, middleware::Cors, prelude::*, testing::TestResponse};
use tower_http::cors::CorsLayer;

/// An app's middleware that responds to preflights itself.
#[middleware]
async fn by_hand(cx: &mut Context<'_>, next: impl Next) -> Response {
    let is_preflight =
        cx.method() == Method::OPTIONS && cx.header("access-control-request-method").is_some();
    let mut response = next.run(cx).await;
    if is_preflight {
        response.set_header("access-control-allow-origin", "by hand");
    }
    response
}

#[guard]
fn never() -> Result<(), StatusCode> {
    Err(StatusCode::UNAUTHORIZED)
}

#[get("/widget", with(Cors::any(), never))]
async fn widget() {}

#[post("/widget")]
async fn new_widget() {}

#[delete("/widget", with(Cors::origins(&["https://admin.example"])))]
async fn no_widget(body: String) -> String {
    body
}

#[put("/hand/{id}", with(by_hand))]
async fn hand(id: u32) -> String {
    id.to_string()
}

#[get("/layer", with(layer(CorsLayer::permissive())))]
async fn layered() {}

#[get("/field")]
async fn field() {}

#[post("/field")]
async fn other_field() {}

#[get("/own", with(Cors::any()))]
async fn own() {}

/// A route for OPTIONS, which takes precedence over the generated response.
#[options("/own")]
async fn own_options() -> &'static str {
    "mine"
}

#[get("/split")]
async fn split_get() {}

#[post("/split")]
async fn split_post() {}

#[routes("/a", with(Cors::origins(&["https://one.example"])))]
struct One(split_get);

#[routes("/a", with(Cors::origins(&["https://two.example"])))]
struct Two(split_post);

#[get("/plain")]
async fn plain() {}

#[post("/plain")]
async fn plain_post() {}

#[routes(app)]
struct Api(
    widget,
    new_widget,
    no_widget,
    hand,
    layered,
    #[with(Cors::any())] field,
    other_field,
    own,
    own_options,
    One,
    Two,
    Nested,
    plain,
    plain_post,
);

#[get("/open", with(Cors::any()))]
async fn open() {}

#[get("/closed")]
async fn closed() {}

#[routes("/nested", with(Cors::origins(&["https://shop.example"]).credentials()))]
struct Nested(open, closed);

fn header_of(response: &TestResponse, name: HeaderName) -> &str {
    let value = response.headers().get(name);
    value.and_then(|value| value.to_str().ok()).unwrap_or("-")
}

/// Asserts the status, and the origin and the methods that the response allows.
async fn check(path: &str, method: &str, origin: &str, expected: (u16, &str, &str)) {
    let request = Api.test().options(path).header(header::ORIGIN, origin);
    let request = request.header(header::ACCESS_CONTROL_REQUEST_METHOD, method);
    let response = request.send().await;
    let got = (
        response.status().as_u16(),
        header_of(&response, header::ACCESS_CONTROL_ALLOW_ORIGIN),
        header_of(&response, header::ACCESS_CONTROL_ALLOW_METHODS),
    );
    assert_eq!(got, expected, "{method} {path} from {origin}");
}

#[tokio::test]
async fn preflight_passes_the_middleware_of_its_route() {
    let (shop, admin) = ("https://shop.example", "https://admin.example");
    let (one, two) = ("https://one.example", "https://two.example");
    for (path, method, origin, expected) in [
        ("/widget", "GET", shop, (204, "*", "GET, HEAD, OPTIONS")),
        ("/widget", "HEAD", shop, (204, "*", "GET, HEAD, OPTIONS")),
        ("/widget", "POST", shop, (204, "-", "-")),
        ("/widget", "DELETE", admin, (204, admin, "DELETE, OPTIONS")),
        ("/widget", "DELETE", shop, (403, "-", "-")),
        // No route of the path has this method, or the method does not exist.
        ("/widget", "PATCH", shop, (204, "-", "-")),
        ("/widget", "get", shop, (204, "-", "-")),
        ("/widget", "G T", shop, (204, "-", "-")),
        ("/hand/7", "PUT", shop, (204, "by hand", "-")),
        // The parameter is not parsed, since no handler runs.
        ("/hand/x", "PUT", shop, (204, "by hand", "-")),
        ("/layer", "GET", shop, (200, "*", "*")),
        ("/field", "GET", shop, (204, "*", "GET, HEAD, OPTIONS")),
        ("/field", "POST", shop, (204, "-", "-")),
        ("/a/split", "GET", one, (204, one, "GET, HEAD, OPTIONS")),
        ("/a/split", "GET", two, (403, "-", "-")),
        ("/a/split", "POST", two, (204, two, "POST, OPTIONS")),
        ("/a/split", "POST", one, (403, "-", "-")),
        // The inner `Cors` allows more. If it does not allow an origin, the outer one decides.
        (
            "/nested/open",
            "GET",
            admin,
            (204, "*", "GET, HEAD, OPTIONS"),
        ),
        (
            "/nested/closed",
            "GET",
            shop,
            (204, shop, "GET, HEAD, OPTIONS"),
        ),
        ("/nested/closed", "GET", admin, (403, "-", "-")),
        ("/plain", "GET", shop, (204, "-", "-")),
        ("/own", "GET", shop, (200, "-", "-")),
    ] {
        check(path, method, origin, expected).await;
    }
}

#[tokio::test]
async fn response_allows_the_same_as_the_preflight() {
    for (path, origin, expected) in [
        ("/nested/open", "https://admin.example", "*"),
        ("/nested/open", "https://shop.example", "*"),
        (
            "/nested/closed",
            "https://shop.example",
            "https://shop.example",
        ),
        ("/nested/closed", "https://admin.example", "-"),
    ] {
        let request = Api.test().get(path).header(header::ORIGIN, origin);
        let response = request.send().await;
        let got = header_of(&response, header::ACCESS_CONTROL_ALLOW_ORIGIN);
        assert_eq!(got, expected, "{path} from {origin}");
    }
}

#[tokio::test]
async fn other_options_requests_list_all_methods_of_the_path() {
    let all = "GET, HEAD, POST, DELETE, OPTIONS";
    let plain = Api.test().options("/widget").send().await;
    assert_eq!(
        (plain.status().as_u16(), header_of(&plain, header::ALLOW)),
        (204, all)
    );
    let request = Api.test().options("/widget");
    // Without `Origin`, the request does not come from a page.
    let request = request.header(header::ACCESS_CONTROL_REQUEST_METHOD, "GET");
    assert_eq!(header_of(&request.send().await, header::ALLOW), all);
}
