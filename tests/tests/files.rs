//! A site at `/` beside an API, from a directory.

use std::{fs, path::PathBuf};

use highball::{Files, TestResponse, TestSession, prelude::*};

/// A directory that goes with the test.
struct Site(PathBuf);

impl Site {
    fn new(name: &str) -> Self {
        let root = std::env::temp_dir().join(format!("highball-{name}-{}", std::process::id()));
        let public = root.join("public");
        for (path, text) in [
            ("../secret.txt", "secret"),
            ("index.html", "<p>home</p>"),
            ("app.js", "0123456789"),
            ("app.js.gz", "zipped"),
            ("a b+ä.txt", "spaced"),
            ("docs/index.html", "<p>docs</p>"),
            ("empty/.keep", ""),
            (".env", "secret"),
            (".git/config", "secret"),
            (".well-known/security.txt", "contact"),
        ] {
            let path = public.join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::create_dir_all(&public).expect("a folder");
            fs::write(path, text).expect("a file");
        }
        Self(root)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

#[derive(State)]
struct AppState {
    site: Files,
}

#[get("/api/books")]
async fn books() -> &'static str {
    "[]"
}

#[get("/")]
async fn home(site: State<Files>, cx: &mut Context<'_>) -> Response {
    site.serve("", cx).await
}

#[get("/{*path}", slash = ignore)]
async fn file(path: &str, site: State<Files>, cx: &mut Context<'_>) -> Response {
    site.serve(path, cx).await
}

#[routes(app)]
struct Api(books, home, file);

fn client(site: &Site) -> TestSession<Api, AppState> {
    let files = Files::new(site.0.join("public"))
        .precompressed()
        .spa("index.html");
    let site = files.max_age(secs(60));
    Api.test().state(AppState { site }).start()
}

async fn get(client: &TestSession<Api, AppState>, path: &str) -> TestResponse {
    client.get(path).send().await
}

#[tokio::test]
async fn files_are_found_beside_the_api() {
    let site = Site::new("found");
    let client = client(&site);
    for (path, text, content_type) in [
        ("/", "<p>home</p>", "text/html"),
        ("/index.html", "<p>home</p>", "text/html"),
        ("/app.js", "0123456789", "text/javascript"),
        ("/a%20b+%C3%A4.txt", "spaced", "text/plain"),
        ("/docs/", "<p>docs</p>", "text/html"),
        ("/.well-known/security.txt", "contact", "text/plain"),
        ("/api/books", "[]", "text/plain; charset=utf-8"),
    ] {
        let response = get(&client, path).await;
        assert_eq!(
            (response.status().as_u16(), response.text()),
            (200, text),
            "{path}"
        );
        let said = response.header(header::CONTENT_TYPE);
        assert!(said.starts_with(content_type), "{path}: {said}");
    }
    let script = get(&client, "/app.js").await;
    assert_eq!(script.header(header::CACHE_CONTROL), "public, max-age=60");
    assert_eq!(script.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
    let head = client.head("/app.js").send().await;
    assert_eq!(
        (head.header(header::CONTENT_LENGTH), head.text()),
        ("10", "")
    );
    let docs = get(&client, "/docs").await;
    assert_eq!(
        (docs.status().as_u16(), docs.header(header::LOCATION)),
        (308, "/docs/")
    );
    let zipped = client
        .get("/app.js")
        .header(header::ACCEPT_ENCODING, "gzip")
        .send()
        .await;
    assert_eq!(
        (zipped.header(header::CONTENT_ENCODING), zipped.text()),
        ("gzip", "zipped")
    );
}

#[tokio::test]
async fn nothing_else_is() {
    let site = Site::new("else");
    let client = client(&site);
    for path in [
        "/../secret.txt",
        "/docs/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/..%5csecret.txt",
        "/%2e%2e%2fsecret.txt",
        "/docs/..%2f..%2fsecret.txt",
        "/docs%2findex.html",
        "/docs%2Findex.html",
        "/.env",
        "/%2eenv",
        "/.git/config",
        "/app.js%00.html",
        "//docs",
        "//docs/",
        "/empty/",
        "/none.js",
        "/none/",
        "/app.js/",
        "/api/none",
    ] {
        let response = get(&client, path).await;
        assert_eq!(response.status(), 404, "{path}: {}", response.text());
        assert!(!response.text().contains("secret\""), "{path}");
    }
    assert_eq!(client.post("/app.js").send().await.status(), 405);
}

#[tokio::test]
async fn a_page_stands_for_the_paths_of_a_browsers_app() {
    let site = Site::new("spa");
    let client = client(&site);
    for path in ["/inbox/7", "/inbox/7/", "/none.js"] {
        let request = client
            .get(path)
            .header(header::ACCEPT, "text/html,*/*;q=0.8");
        let response = request.send().await;
        assert_eq!(
            (response.status().as_u16(), response.text()),
            (200, "<p>home</p>"),
            "{path}"
        );
        assert_eq!(response.header(header::CACHE_CONTROL), "no-cache");
    }
    for path in ["/.env", "/..%2fsecret.txt"] {
        let request = client.get(path).header(header::ACCEPT, "text/html");
        assert_eq!(request.send().await.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn parts_and_versions_are_asked_for() {
    let site = Site::new("parts");
    let client = client(&site);
    let whole = get(&client, "/app.js").await;
    let (tag, modified) = (
        whole.header(header::ETAG),
        whole.header(header::LAST_MODIFIED),
    );
    for (name, value, status, text) in [
        (header::RANGE, "bytes=2-4", 206, "234"),
        (header::RANGE, "bytes=-3", 206, "789"),
        (header::RANGE, "bytes=20-", 416, ""),
        (header::RANGE, "lines=1", 200, "0123456789"),
        (header::IF_NONE_MATCH, tag, 304, ""),
        (header::IF_NONE_MATCH, "\"x\"", 200, "0123456789"),
        (header::IF_MODIFIED_SINCE, modified, 304, ""),
        (header::IF_MATCH, "\"x\"", 412, ""),
    ] {
        let response = client
            .get("/app.js")
            .header(name.clone(), value)
            .send()
            .await;
        let got = (response.status().as_u16(), response.text());
        assert_eq!(got, (status, text), "{name}: {value}");
    }
}
