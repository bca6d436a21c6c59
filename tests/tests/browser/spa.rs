//! The page of the example `spa`, whose script is compiled from TypeScript.

use highball::prelude::*;

use crate::{
    driver::{Browser, has_browser, start},
    view::{VIEWS, check_logs, unreachable_by_keyboard},
};

const TITLES: &str =
    "return [...document.querySelectorAll('#books a')].map((link) => link.textContent)";
const HEADING: &str =
    "return document.querySelector('main > section:not([hidden]) > h2')?.textContent";
const ERRORS: &str =
    "return [...document.querySelectorAll('.error')].map((error) => error.textContent)";

fn open(browser: &Browser, url: &str, heading: &str) {
    browser.open(url);
    browser.until(HEADING, &json!(heading));
}

/// Fills the form with a title, an author and a year, and sends it.
fn send(browser: &Browser, values: [&str; 3]) {
    for (name, value) in ["title", "author", "year"].iter().zip(values) {
        let value = json!(value);
        browser.run(&format!(
            "document.getElementById('{name}').value = {value}"
        ));
    }
    browser.run("document.querySelector('form button').click()");
}

/// Checks that the console has the message of one response with this status and nothing else.
fn check_console(browser: &Browser, status: &str) {
    let console = browser.log("browser");
    let is_expected = |entry: &Value| entry["message"].to_string().contains(status);
    assert!(
        console.len() == 1 && is_expected(&console[0]),
        "{console:#?}"
    );
}

#[test]
fn each_view_is_usable() {
    if !has_browser() {
        return;
    }
    let (_spa, port) = start("spa");
    let origin = format!("http://127.0.0.1:{port}");
    let browser = Browser::start("spa-views");
    for view in VIEWS {
        view.apply(&browser);
        open(
            &browser,
            &format!("{origin}/books/9007199254740993"),
            "Night Mail",
        );
        view.check(&browser, &origin, "spa-book");
        open(&browser, &format!("{origin}/about"), "About");
        view.check(&browser, &origin, "spa-about");
        open(&browser, &format!("{origin}/"), "All books");
        view.check(&browser, &origin, "spa-list");
        assert_eq!(unreachable_by_keyboard(&browser), json!([]), "{view:?}");
        send(&browser, ["", "", "1"]);
        browser.until(&format!("{ERRORS}[1]"), &json!("must not be empty"));
        check_console(&browser, "422");
        view.check(&browser, &origin, "spa-invalid");
    }
}

#[test]
fn book_is_added_and_shown() {
    if !has_browser() {
        return;
    }
    let (_spa, port) = start("spa");
    let origin = format!("http://127.0.0.1:{port}");
    let browser = Browser::start("spa-add");
    open(&browser, &origin, "All books");
    browser.until(TITLES, &json!(["The Signal-Man", "Night Mail"]));

    send(&browser, [" ", "Jane Austen", "next year"]);
    let year = "must be a year from 1450 to 2100";
    let expected = json!(["2 fields are not valid.", "must not be empty", "", year]);
    browser.until(ERRORS, &expected);
    browser.until("return document.activeElement.id", &json!("title"));
    check_console(&browser, "422");

    send(&browser, ["<b>Emma</b>", "Jane Austen", "1815"]);
    browser.until(HEADING, &json!("<b>Emma</b>"));
    // JavaScript would round the id as a number.
    let path = "/books/9007199254740994";
    browser.until("return location.pathname", &json!(path));
    browser.until("return document.activeElement.tagName", &json!("H2"));
    let status = "return document.getElementById('status').textContent";
    browser.until(status, &json!("Added <b>Emma</b>."));

    browser.run("history.back()");
    browser.until(
        TITLES,
        &json!(["The Signal-Man", "Night Mail", "<b>Emma</b>"]),
    );
    browser.until(status, &json!(""));
    check_logs(&browser, &origin);
}

#[test]
fn unknown_book_and_unreachable_server_are_reported() {
    if !has_browser() {
        return;
    }
    let (spa, port) = start("spa");
    let origin = format!("http://127.0.0.1:{port}");
    let browser = Browser::start("spa-missing");
    open(
        &browser,
        &format!("{origin}/books/9007199254740992"),
        "Not found",
    );
    let text = "return document.getElementById('missing').textContent";
    let expected = "There is no book 9007199254740992.";
    browser.until(text, &json!(expected));
    check_console(&browser, "404");

    drop(spa);
    browser.run("document.querySelector('nav a').click()");
    let status = "return document.getElementById('status').textContent";
    let expected = "The server cannot be reached. Try again later.";
    browser.until(status, &json!(expected));
}
