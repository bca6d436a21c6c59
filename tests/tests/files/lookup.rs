//! Which file a path selects, and which paths select none.

use highball::prelude::*;

use super::{Site, client, get};

#[tokio::test]
async fn files_are_served_next_to_the_api() {
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
async fn paths_without_a_public_file_are_404() {
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
async fn start_page_is_served_for_paths_of_a_single_page_app() {
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

/// Opening a pipe would block until a writer opens it. A directory can be opened but not read.
#[cfg(unix)]
#[tokio::test]
async fn only_regular_files_are_served() {
    let site = Site::new("kinds");
    let socket = std::os::unix::net::UnixListener::bind(site.0.join("public/socket"));
    let made = std::process::Command::new("mkfifo")
        .arg(site.0.join("public/pipe"))
        .status();
    assert!(socket.is_ok() && made.is_ok_and(|status| status.success()));
    let client = client(&site);
    for path in ["/socket", "/pipe", "/empty"] {
        assert_eq!(get(&client, path).await.status(), 404, "{path}");
        assert_eq!(client.head(path).send().await.status(), 404, "{path}");
    }
}
