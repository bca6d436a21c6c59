//! The pools of contexts after a panic.

use super::*;

const LEFT: header::HeaderName = header::HeaderName::from_static("x-left");

#[routes(app, with(outer))]
struct Pooled(in_async, fine_too);

#[get("/headers")]
async fn fine_too(cx: &mut Context<'_>) -> String {
    format!("{:?} {}", cx.header("x-left"), cx.headers().len())
}

#[tokio::test]
async fn panic_leaves_nothing_for_the_next_request() {
    let client = Pooled.test().start();
    for _ in 0..3 {
        let request = client.get("/async").header(LEFT, "behind");
        assert_eq!(request.send().await.status(), 500);
        let next = client.get("/headers").send().await;
        assert_eq!(next.text(), "None 0");
        assert!(!next.headers().contains_key("x-handler"));
    }
}
