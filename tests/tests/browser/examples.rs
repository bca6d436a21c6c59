//! The examples with web pages.

use highball::prelude::*;

use crate::driver::{Browser, ask, has_browser, start};

const LINES: &str = "return [...document.querySelectorAll('li')].map((line) => line.textContent)";

#[test]
fn messages_reach_the_other_window() {
    if !has_browser() {
        return;
    }
    let (_chat, port) = start("chat");
    let (zoe, max) = (Browser::start("zoe"), Browser::start("max"));
    for browser in [&zoe, &max] {
        browser.open(&format!("http://127.0.0.1:{port}/"));
        browser.until(
            "return document.getElementById('state').textContent",
            &json!("connected"),
        );
    }
    for line in ["hello", "<b>there</b>"] {
        let line = json!(line);
        zoe.run(&format!(
            "document.getElementById('text').value = {line}; document.querySelector('button').click()"
        ));
    }
    for browser in [&zoe, &max] {
        browser.until(LINES, &json!(["hello", "<b>there</b>"]));
    }
}

#[test]
fn page_handles_its_paths() {
    if !has_browser() {
        return;
    }
    let (_spa, port) = start("spa");
    let browser = Browser::start("spa");
    let path = "return document.getElementById('path').textContent";
    browser.open(&format!("http://127.0.0.1:{port}/"));
    browser.until(LINES, &json!(["The Signal-Man", "Night Mail"]));
    browser.run("document.getElementById('about').click()");
    browser.until(path, &json!("/about"));
    // The server also returns the page for paths that the page handles itself.
    browser.open(&format!("http://127.0.0.1:{port}/about"));
    browser.until(path, &json!("/about"));
    browser.until("return document.title", &json!("About - Books"));
    let color = "return getComputedStyle(document.body).maxWidth";
    browser.until(color, &json!("640px"));
}

#[test]
fn file_is_uploaded() {
    if !has_browser() {
        return;
    }
    let (_upload, port) = start("upload");
    let browser = Browser::start("upload");
    browser.open(&format!("http://127.0.0.1:{port}/"));
    browser.run(
        "const files = new DataTransfer(); \
         files.items.add(new File(['x'.repeat(100000)], 'a.txt')); \
         document.getElementById('file').files = files.files; \
         document.querySelector('button').click()",
    );
    let state = "return document.getElementById('state').textContent";
    browser.until(state, &json!("[{\"name\":\"a.txt\",\"bytes\":100000}]"));
    let (status, text) = ask(port, "POST", "/uploads/1", "text/plain", "x");
    assert_eq!(status, 415, "{text}");
}
