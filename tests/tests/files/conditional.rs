//! Ranges, versions and methods of requests for a file. `wire/files.txt` contains more cases.

use std::{
    fs,
    time::{Duration, UNIX_EPOCH},
};

use highball::prelude::*;

use super::{Site, client, get};

#[tokio::test]
async fn ranges_and_conditional_requests_are_supported() {
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
        // A rejection contains the reason, and nothing of the file.
        if status < 400 {
            assert_eq!(response.text(), text, "{name}: {value}");
        } else {
            assert!(!response.text().contains("0123456789"), "{name}: {value}");
        }
    }
}

#[tokio::test]
async fn head_ignores_ranges_and_has_no_body() {
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
async fn only_get_and_head_are_allowed() {
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
async fn etag_is_weak_while_the_file_may_still_change() {
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
