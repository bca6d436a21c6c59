//! Requests of the test client: bodies, headers, queries and cookies.

use highball::{prelude::*, testing::TestMultipart};

#[post("/told")]
async fn told(cx: &mut Context<'_>, body: Bytes) -> String {
    let header = |name| cx.header(name).unwrap_or("none");
    let body = String::from_utf8_lossy(&body);
    [
        header("content-type"),
        header("cookie"),
        header("x-foo"),
        &body,
    ]
    .join(" | ")
}

#[get("/query")]
async fn query(cx: &mut Context<'_>) -> ([(&'static str, &'static str); 1], String) {
    let query = cx.uri().query().unwrap_or("none").to_owned();
    ([("x-foo", "bar")], query)
}

/// Sets the cookie in the body.
#[post("/a/set")]
async fn set(body: String) -> [(&'static str, String); 1] {
    [("set-cookie", body)]
}

#[get("/{*rest}")]
async fn cookies(rest: String, cx: &mut Context<'_>) -> String {
    let _ = rest;
    cx.header("cookie").unwrap_or("none").to_owned()
}

#[routes(app)]
struct Api(told, query, set, cookies);

#[tokio::test]
async fn forms_texts_cookies_and_headers_are_sent() {
    let form = [("a", "1 2"), ("b", "&")];
    let request = Api.test().post("/told").form(&form).header("x-foo", "1");
    assert_eq!(
        request
            .cookie("c", "1")
            .cookie("d", "2")
            .send()
            .await
            .text(),
        "application/x-www-form-urlencoded | c=1; d=2 | 1 | a=1+2&b=%26"
    );
    let answer = Api.test().post("/told").text("hello").send().await;
    assert_eq!(
        answer.text(),
        "text/plain; charset=utf-8 | none | none | hello"
    );
}

#[tokio::test]
async fn queries_are_appended_and_headers_are_named_by_texts() {
    let cases = [
        ("/query", vec![("q", "a b")], "q=a+b"),
        ("/query?", vec![("q", "&")], "q=%26"),
        ("/query?p=1", vec![("q", "2"), ("q", "3")], "p=1&q=2&q=3"),
        ("/query?p=1", vec![], "p=1"),
    ];
    for (path, more, expected) in cases {
        let answer = Api.test().get(path).query(&more).send().await;
        assert_eq!(answer.text(), expected, "{path}");
        assert_eq!(answer.header("X-Foo"), "bar");
        assert_eq!(answer.header("x-none"), "");
    }
}

#[tokio::test]
async fn form_with_files_is_sent() {
    let form = TestMultipart::new()
        .text("a\"b", "highball-boundary-0")
        .file("f", "x\r\n.txt", "text/plain", "hi");
    let answer = Api.test().post("/told").multipart(form).send().await;
    assert_eq!(
        answer.text(),
        "multipart/form-data; boundary=highball-boundary-1 | none | none | \
         --highball-boundary-1\r\nContent-Disposition: form-data; name=\"a%22b\"\r\n\r\n\
         highball-boundary-0\r\n--highball-boundary-1\r\n\
         Content-Disposition: form-data; name=\"f\"; filename=\"x%0D%0A.txt\"\r\n\
         Content-Type: text/plain\r\n\r\nhi\r\n--highball-boundary-1--\r\n"
    );
}

#[tokio::test]
async fn session_keeps_cookies_if_enabled() {
    let gone = "Expires=Thu, 01 Jan 1970 00:00:00 GMT";
    let cases: [(&[&str], &str, &str); 9] = [
        (&["c=1; Path=/"], "/x", "c=1"),
        (&["c=1"], "/a/x", "c=1"),
        (&["c=1"], "/ab", "none"),
        (&["c=1; path=/a/b", "d=2; Path=/"], "/a/b/c", "c=1; d=2"),
        (&["c=1; Path=/", "c=2; Path=/"], "/x", "c=2"),
        (&["c=1; Path=/", "c=; Path=/; Max-Age=0"], "/x", "none"),
        (
            &["c=1; Path=/", &format!("c=; Path=/; {gone}")],
            "/x",
            "none",
        ),
        (&[&format!("c=1; Path=/; Max-Age=60; {gone}")], "/x", "c=1"),
        (&["c=1; Path=/", "c=; Max-Age=0"], "/x", "c=1"),
    ];
    for (set, path, expected) in cases {
        let session = Api.test().start().keep_cookies();
        for cookie in set {
            session.post("/a/set").text(*cookie).send().await;
        }
        assert_eq!(session.get(path).send().await.text(), expected, "{set:?}");
    }
    let session = Api.test().start();
    session.post("/a/set").text("c=1; Path=/").send().await;
    assert_eq!(session.get("/x").send().await.text(), "none");
}

#[tokio::test]
async fn cookie_of_a_request_precedes_that_of_the_session() {
    let session = Api.test().start().keep_cookies();
    for cookie in ["c=1; Path=/", "d=2; Path=/"] {
        session.post("/a/set").text(cookie).send().await;
    }
    let answer = session.get("/x").cookie("c", "9").send().await;
    assert_eq!(answer.text(), "c=9; d=2");
}
