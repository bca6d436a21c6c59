//! Requests of other sites.

use std::sync::{
    atomic::{AtomicU32, Ordering},
    mpsc,
};

use highball::{middleware::Csrf, prelude::*, response::Html};
use tokio::net::TcpListener;

use crate::driver::{Browser, has_browser};

static PAID: AtomicU32 = AtomicU32::new(0);

#[get("/page")]
async fn page() -> Response {
    Html("<!doctype html><title>page</title>").into_response()
}

#[post("/pay")]
async fn pay() -> String {
    format!("paid {}", PAID.fetch_add(1, Ordering::Relaxed) + 1)
}

#[routes(app, with(Csrf::new()))]
struct Shop(page, pay);

/// Serves the shop on two ports.
fn serve_shop() -> (u16, u16) {
    let (sender, ports) = mpsc::channel();
    std::thread::spawn(move || {
        highball::block_on(async {
            let mut serve = highball::serve(Shop).quiet();
            for _ in 0..2 {
                let listener = TcpListener::bind("127.0.0.1:0").await?;
                sender.send(listener.local_addr()?.port()).ok();
                serve = serve.listen(listener);
            }
            serve.await
        })
    });
    let port = || ports.recv().expect("a port");
    (port(), port())
}

#[test]
fn a_form_of_another_origin_is_rejected() {
    if !has_browser() {
        return;
    }
    let (port, other) = serve_shop();
    let browser = Browser::start("csrf");
    let submit = |page: &str, target: &str| {
        browser.open(&format!("http://{page}/page"));
        browser.until("return document.title", &json!("page"));
        browser.run(&format!(
            "const form = document.createElement('form'); form.method = 'post'; \
             form.action = 'http://{target}/pay'; document.body.append(form); form.submit()"
        ));
    };
    let text = "return document.body.innerText.match(/paid \\d|pages of this origin/)?.[0]";
    let rejected = json!("pages of this origin");
    let (own, named) = (format!("127.0.0.1:{port}"), format!("shop.test:{port}"));
    for (page, target, expected) in [
        (own.clone(), &own, json!("paid 1")),
        // Another port of the same host, and another site.
        (format!("127.0.0.1:{other}"), &own, rejected.clone()),
        (format!("localhost:{port}"), &own, rejected.clone()),
        // Without `Sec-Fetch-Site` the `Origin` decides.
        (named.clone(), &named, json!("paid 2")),
        (format!("evil.test:{port}"), &named, rejected.clone()),
        (format!("shop.test:{other}"), &named, rejected),
    ] {
        submit(&page, target);
        browser.until(text, &expected);
    }
    // A script of another origin sends a request whose response it cannot read.
    browser.open(&format!("http://localhost:{port}/page"));
    browser.run(&format!(
        "window.sent = false; \
         fetch('http://{own}/pay', {{ method: 'POST', mode: 'no-cors' }}).then(() => window.sent = true)"
    ));
    browser.until("return window.sent", &json!(true));
    assert_eq!(PAID.load(Ordering::Relaxed), 2);
}
