//! Responses for files: downloads, large files, redirects and rejections.

use std::fs;

use highball::{middleware::Files, prelude::*, response::Attachment};

use super::{AppState, Site, any_method, client, get};

/// Serves a file as a download.
#[get("/save/{*path}")]
async fn save(path: &str, site: State<Files>, cx: &mut Context<'_>) -> Attachment<Response> {
    Attachment::new(path, site.serve(path, cx).await)
}

#[routes(app)]
struct Saving(save);

#[tokio::test]
async fn rejection_is_not_a_download() {
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

/// The file is larger than the read buffer, and not a multiple of its size.
#[tokio::test]
async fn large_file_is_sent_completely() {
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

/// A handler that ignores extra leading slashes. A redirect to such a path would lead to another origin.
#[get("/{*path}")]
async fn forgiving(path: &str, site: State<Files>, cx: &mut Context<'_>) -> Response {
    site.serve(path.trim_start_matches('/'), cx).await
}

#[routes(app)]
struct Forgiving(forgiving);

#[tokio::test]
async fn redirect_stays_on_the_origin() {
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

/// Formats rejections in the app's format.
fn short(rejection: &Rejection, _: &Context<'_>) -> Response {
    Response::new(format!("{}!", rejection.status().as_u16()))
}

#[routes(app, rejection = short)]
struct Short(any_method);

#[tokio::test]
async fn rejections_have_the_format_of_the_app() {
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
