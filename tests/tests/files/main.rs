//! A site at `/` beside an API, from a directory. What a request's headers do to a file is in
//! `wire/files.txt`.

use std::{
    fs,
    path::PathBuf,
    time::{Duration, UNIX_EPOCH},
};

use highball::{
    middleware::Files,
    prelude::*,
    response::Attachment,
    testing::{TestResponse, TestSession},
};

mod preconditions;
mod resized_file;

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
            ("docs/app.css", "a {}"),
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

/// Leaves it to the files which methods they have.
#[any("/any/{*path}")]
async fn any_method(path: &str, site: State<Files>, cx: &mut Context<'_>) -> Response {
    site.serve(path, cx).await
}

#[routes(app)]
struct Api(books, home, file, any_method);

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
        assert_eq!(response.status(), status, "{name}: {value}");
        // A refusal says why, and nothing of the file.
        if status < 400 {
            assert_eq!(response.text(), text, "{name}: {value}");
        } else {
            assert!(!response.text().contains("0123456789"), "{name}: {value}");
        }
    }
}

#[tokio::test]
async fn a_head_has_no_part_and_no_body() {
    let site = Site::new("head");
    let client = client(&site);
    let get = get(&client, "/app.js").await;
    let head = client.head("/app.js").header(header::RANGE, "bytes=2-4");
    let head = head.send().await;
    assert_eq!((head.status().as_u16(), head.text()), (200, ""));
    for name in [
        header::CONTENT_LENGTH,
        header::CONTENT_TYPE,
        header::LAST_MODIFIED,
        header::VARY,
        header::CACHE_CONTROL,
    ] {
        let expected = match name {
            header::CONTENT_LENGTH => "10",
            _ => get.header(name.clone()),
        };
        assert_eq!(head.header(name.clone()), expected, "{name}");
    }
    for path in ["/docs", "/none.js", "/empty"] {
        let (head, get) = (
            client.head(path).send().await,
            client.get(path).send().await,
        );
        assert_eq!(head.status(), get.status(), "{path}");
    }
}

#[tokio::test]
async fn a_file_is_only_read() {
    let site = Site::new("read");
    let client = client(&site);
    let read = get(&client, "/any/app.js").await;
    assert_eq!(read.text(), "0123456789");
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
        let response = client
            .request(method.clone(), "/any/app.js")
            .header(header::IF_MATCH, "\"x\"")
            .send()
            .await;
        let allowed = response.header(header::ALLOW);
        assert_eq!(
            (response.status().as_u16(), allowed),
            (405, "GET, HEAD"),
            "{method}"
        );
    }
}

#[tokio::test]
async fn a_version_is_known_when_it_cannot_change_any_more() {
    let site = Site::new("version");
    let client = client(&site);
    let path = site.0.join("public/docs/app.css");
    let file = fs::File::options().write(true).open(path);
    let file = file.expect("it is there");
    for (modified, tag) in [
        (UNIX_EPOCH, ""),
        (UNIX_EPOCH + Duration::from_secs(1), ""),
        (UNIX_EPOCH + Duration::from_secs(2), "\"2.0-4\""),
        (
            UNIX_EPOCH + Duration::from_secs(1 << 33),
            "W/\"200000000.0-4\"",
        ),
    ] {
        file.set_modified(modified).expect("it is ours");
        let response = get(&client, "/docs/app.css").await;
        assert_eq!(response.text(), "a {}");
        assert_eq!(response.header(header::ETAG), tag);
        let (date, now) = (
            response.header(header::LAST_MODIFIED),
            response.header(header::DATE),
        );
        assert_eq!(date.is_empty(), tag.is_empty(), "{date}");
        assert!(!date.contains("2242"), "{date} is later than {now}");
        let again = client.get("/docs/app.css");
        let again = again.header(header::IF_NONE_MATCH, "\"2.0-4\"");
        let expected = if tag == "\"2.0-4\"" { 304 } else { 200 };
        assert_eq!(again.send().await.status(), expected, "{tag}");
    }
}

/// A file to be saved.
#[get("/save/{*path}")]
async fn save(path: &str, site: State<Files>, cx: &mut Context<'_>) -> Attachment<Response> {
    Attachment::new(path, site.serve(path, cx).await)
}

#[routes(app)]
struct Saving(save);

#[tokio::test]
async fn a_refusal_is_not_saved() {
    let site = Site::new("save");
    let files = Files::new(site.0.join("public"));
    let client = Saving.test().state(AppState { site: files }).start();
    let name = "attachment; filename=\"app.css\"";
    for (path, status, disposition) in [
        ("/save/docs/app.css", 200, name),
        ("/save/none.css", 404, ""),
        ("/save/docs", 308, ""),
    ] {
        let response = client.get(path).send().await;
        let got = response.header(header::CONTENT_DISPOSITION);
        assert_eq!(
            (response.status().as_u16(), got),
            (status, disposition),
            "{path}"
        );
    }
}

/// Longer than what is read at once, and no multiple of it.
#[tokio::test]
async fn a_large_file_is_sent_in_pieces() {
    let site = Site::new("pieces");
    let client = client(&site);
    let digits: String = (0..40_000).map(|number| format!("{number:05}")).collect();
    fs::write(site.0.join("public/digits.txt"), &digits).expect("a file");
    let whole = get(&client, "/digits.txt").await;
    assert!(whole.text() == digits, "{} bytes", whole.text().len());
    for (first, last) in [
        (0, 65_535),
        (0, 65_536),
        (65_535, 65_536),
        (65_536, 131_072),
        (1, 199_999),
        (70_000, 199_998),
    ] {
        let range = format!("bytes={first}-{last}");
        let part = client.get("/digits.txt").header(header::RANGE, &range);
        let part = part.send().await;
        assert!(part.text() == &digits[first..=last], "{range}");
        let said = format!("bytes {first}-{last}/200000");
        assert_eq!(part.header(header::CONTENT_RANGE), said);
    }
}

/// A handler that forgives slashes in front, which would make its own path another origin's.
#[get("/{*path}")]
async fn forgiving(path: &str, site: State<Files>, cx: &mut Context<'_>) -> Response {
    site.serve(path.trim_start_matches('/'), cx).await
}

#[routes(app)]
struct Forgiving(forgiving);

#[tokio::test]
async fn a_redirect_stays_where_it_is() {
    let site = Site::new("redirect");
    let files = Files::new(site.0.join("public"));
    let client = Forgiving.test().state(AppState { site: files }).start();
    for (path, location) in [
        ("/docs", "/docs/"),
        ("/docs?x=1&y=%2f", "/docs/?x=1&y=%2f"),
        ("/docs?", "/docs/?"),
        ("//docs?x", "/docs/?x"),
        ("///docs", "/docs/"),
        ("/%64ocs", "/%64ocs/"),
    ] {
        let response = client.get(path).send().await;
        assert_eq!(response.header(header::LOCATION), location, "{path}");
        assert_eq!(response.status(), 308, "{path}");
    }
}

/// A refusal in a format of the app's own.
fn short(rejection: &Rejection, _: &Context<'_>) -> Response {
    Response::new(format!("{}!", rejection.status().as_u16()))
}

#[routes(app, rejection = short)]
struct Short(any_method);

#[tokio::test]
async fn refusals_have_the_apps_format() {
    let site = Site::new("format");
    let files = Files::new(site.0.join("public"));
    let client = Short.test().state(AppState { site: files }).start();
    for (path, name, value, text) in [
        ("/any/none", header::ACCEPT, "*/*", "404!"),
        ("/any/%2e%2e", header::ACCEPT, "*/*", "404!"),
        ("/any/app.js", header::IF_MATCH, "\"x\"", "412!"),
        ("/any/app.js", header::RANGE, "bytes=20-", "416!"),
    ] {
        let response = client.get(path).header(name, value).send().await;
        assert_eq!(response.text(), text, "{path}");
        let range = response.header(header::CONTENT_RANGE);
        assert_eq!(range == "bytes */10", text == "416!", "{path}: {range}");
    }
}

/// Opening a pipe waits for a writer, and a directory can be opened but not be read.
#[cfg(unix)]
#[tokio::test]
async fn what_is_no_regular_file_is_not_served() {
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
