//! What the test client sends.

use highball::prelude::*;

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

#[routes(app)]
struct Api(told);

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
