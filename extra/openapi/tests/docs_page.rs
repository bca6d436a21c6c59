//! The documentation page: its files, its policy and its caching.

#![cfg(feature = "page")]

use highball::{http::HeaderMap, middleware::SecurityHeaders, prelude::*, testing::TestResponse};
use highball_openapi::{Document, Documented};

/// The file of RapiDoc in this repository, as the package on npm has it.
const RAPIDOC: &[u8] = include_bytes!("../assets/rapidoc/rapidoc-min.js.gz");

#[routes("/api", app, with(SecurityHeaders::new()))]
struct Api(highball_openapi::page<Api>);

impl Documented for Api {
    fn document() -> Document {
        Document::of::<Self>("<Nothing> & more", "1.0.0")
    }
}

#[routes(app)]
struct Elsewhere(highball_openapi::page<Elsewhere>);

impl Documented for Elsewhere {
    fn document() -> Document {
        let document = Document::of::<Self>("Elsewhere", "1.0.0");
        let document = document.server("https://api.example.com/v1", "production");
        document.server("/relative", "a proxy")
    }
}

async fn get(path: &str, headers: &[(&str, &str)]) -> TestResponse {
    let mut request = Api.test().get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await
}

/// Returns the addresses of the files in the page.
fn files(html: &str) -> Vec<String> {
    let urls = html.split(['"']).filter(|text| text.starts_with("?file="));
    urls.map(|url| format!("/api/docs{}", url.replace("&amp;", "&")))
        .collect()
}

fn policy(headers: &HeaderMap) -> &str {
    headers["content-security-policy"].to_str().unwrap()
}

#[tokio::test]
async fn page_has_a_strict_policy_and_relative_addresses() {
    let page = get("/api/docs", &[]).await;
    assert_eq!(page.status(), 200);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(page.header("cache-control"), "no-cache");
    // The middleware around the page has set the headers that the page does not set itself.
    assert_eq!(page.header("x-frame-options"), "DENY");
    let policy = policy(page.headers());
    assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"));
    assert!(!policy.contains("unsafe") && policy.contains("connect-src 'self';"));
    let html = page.text();
    assert!(
        html.contains("<title>&lt;Nothing&gt; &amp; more</title>"),
        "{html}"
    );
    assert!(html.contains("data-segments=\"2\""), "{html}");
    // No inline code, no inline styles, and nothing of another origin.
    assert!(!html.contains("<style") && !html.contains(" style=") && !html.contains("://"));
    assert_eq!(
        html.matches("<script src=\"?file=").count(),
        html.matches("<script").count()
    );
}

#[tokio::test]
async fn policy_allows_requests_to_the_servers_of_the_document() {
    let page = Elsewhere.test().get("/docs").send().await;
    let policy = policy(page.headers());
    assert!(
        policy.contains("connect-src 'self' https://api.example.com;"),
        "{policy}"
    );
}

#[tokio::test]
async fn files_are_compressed_and_immutable() {
    let page = get("/api/docs", &[]).await;
    let files = files(page.text());
    assert_eq!(files.len(), 4, "{files:?}");
    for file in files.iter().filter(|file| file.contains("&v=")) {
        let response = get(file, &[("accept-encoding", "gzip, br")]).await;
        assert_eq!(response.status(), 200, "{file}");
        let expected = "public, max-age=31536000, immutable";
        assert_eq!(response.header("cache-control"), expected);
        assert_eq!(response.header("x-content-type-options"), "nosniff");
        let kind = if file.contains(".css") {
            "text/css"
        } else {
            "text/javascript"
        };
        assert_eq!(
            response.header("content-type"),
            format!("{kind}; charset=utf-8")
        );
        let tag = response.header("etag").to_owned();
        let again = [
            ("accept-encoding", "gzip, br"),
            ("if-none-match", tag.as_str()),
        ];
        let again = get(file, &again).await;
        assert_eq!((again.status().as_u16(), again.bytes().len()), (304, 0));
        assert_eq!(again.header("etag"), tag);
    }
    let rapidoc = "/api/docs?file=rapidoc.js";
    let compressed = get(rapidoc, &[("accept-encoding", "gzip")]).await;
    assert_eq!(compressed.header("content-encoding"), "gzip");
    assert_eq!(compressed.header("vary"), "accept-encoding");
    // Without its hash, the address may have other bytes tomorrow.
    assert_eq!(compressed.header("cache-control"), "no-cache");
    assert_eq!(compressed.bytes(), RAPIDOC);
    let plain = get(rapidoc, &[]).await;
    assert!(!plain.headers().contains_key("content-encoding"));
    assert!(plain.text().starts_with("/*! RapiDoc 9.3.8 "));
    assert_ne!(plain.header("etag"), compressed.header("etag"));
}

#[tokio::test]
async fn document_is_the_one_of_the_app() {
    let document = get("/api/docs?file=openapi.json", &[]).await;
    assert_eq!(document.header("content-type"), "application/json");
    assert_eq!(document.header("cache-control"), "no-cache");
    let built = Api::document().build().unwrap();
    assert_eq!(document.text(), built.json());
    let tag = document.header("etag").to_owned();
    let again = get("/api/docs?file=openapi.json", &[("if-none-match", &tag)]).await;
    assert_eq!(again.status(), 304);
    for file in ["/api/docs?file=other.js", "/api/docs?file=../Cargo.toml"] {
        assert_eq!(get(file, &[]).await.status(), 404);
    }
}
