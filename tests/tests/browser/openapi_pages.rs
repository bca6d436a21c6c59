//! The documentation page and the page of the routes, of the example `shop`.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    thread,
};

use highball::{prelude::*, serde_json};

use crate::{
    driver::{Browser, ask, has_browser, start},
    view::{DEEP, VIEWS, check_logs, check_requests, unreachable_by_keyboard},
};

/// Functions for scripts on the documentation page.
const RAPIDOC: &str = r#"
const page = document.querySelector('rapi-doc').shadowRoot;
const operation = (method, path) => page.querySelector(`api-request[method="${method}"][path="${path}"]`).shadowRoot;
const press = (root, text) => [...root.querySelectorAll('button')].find((button) => button.textContent.trim() === text).click();
"#;

fn open_docs(browser: &Browser, origin: &str) {
    browser.open(&format!("{origin}/docs"));
    browser.until("return document.title", &json!("Shop"));
    let names = format!(
        "{DEEP} return visible('h2').map((title) => title.textContent.trim()).includes('Places an order')"
    );
    browser.until(&names, &json!(true));
}

/// Fills the fields of an operation, presses "try", and waits for the answer.
fn try_it(
    browser: &Browser,
    method: &str,
    path: &str,
    fields: &[(&str, &str)],
    status: &str,
) -> Value {
    let operation = format!("{DEEP}{RAPIDOC} const it = operation('{method}', '{path}');");
    for (selector, value) in fields {
        browser.run(&format!(
            "{operation} it.querySelector('{selector}').value = {}",
            json!(value)
        ));
    }
    browser.run(&format!("{operation} press(it, 'TRY')"));
    let got = format!(
        "{operation} return it.textContent.match(/Response Status: \\w*(?: \\w*)*:(\\d+)/)?.[1]"
    );
    browser.until(&got, &json!(status));
    let text = browser.run(&format!(
        "{operation} return it.querySelector('#tab_buttons ~ .tab-content pre').innerText"
    ));
    serde_json::from_str(text.as_str().expect("a text")).expect("JSON")
}

#[test]
fn documentation_is_usable_in_each_view() {
    if !has_browser() {
        return;
    }
    let (_shop, port) = start("shop");
    let origin = format!("http://127.0.0.1:{port}");
    let browser = Browser::start("docs");
    for view in VIEWS {
        view.apply(&browser);
        open_docs(&browser, &origin);
        view.check(&browser, &origin, "docs");
        assert_eq!(unreachable_by_keyboard(&browser), json!([]), "{view:?}");
    }
    // Enter follows an entry of the navigation.
    browser.run(&format!(
        "{DEEP} visible('[id=\"link-post-/orders\"]')[0].focus()"
    ));
    browser.press("Enter");
    browser.until("return location.hash", &json!("#post-/orders"));
    check_logs(&browser, &origin);
}

#[test]
fn try_it_shows_the_real_answer() {
    if !has_browser() {
        return;
    }
    let (_shop, port) = start("shop");
    let origin = format!("http://127.0.0.1:{port}");
    let browser = Browser::start("try");
    open_docs(&browser, &origin);
    let product = try_it(
        &browser,
        "get",
        "/products/{id}",
        &[("input.request-param", "1")],
        "200",
    );
    let (_, expected) = ask(port, "GET", "/products/1", "text/plain", "");
    assert_eq!(
        product,
        serde_json::from_str::<Value>(&expected).expect("JSON")
    );
    // Without a login, and with the cookie of one.
    let rejected = try_it(&browser, "get", "/orders", &[], "401");
    assert_eq!(rejected["status"], 401, "{rejected}");
    let body = r#"{"name":"zoe","password":"zoe"}"#;
    let user = try_it(&browser, "post", "/login", &[("textarea", body)], "200");
    assert_eq!(user["name"], "zoe");
    assert_eq!(try_it(&browser, "get", "/orders", &[], "200"), json!([]));
    // The console has the 401 above as an error, as for every page.
    check_requests(&browser, &origin);
}

/// Forwards requests for `/svc/..` without this prefix, one on each connection. Returns the port.
fn proxy(port: u16) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let own = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            thread::spawn(move || forward(client, port).ok());
        }
    });
    own
}

fn forward(client: TcpStream, port: u16) -> std::io::Result<()> {
    let mut server = TcpStream::connect(("127.0.0.1", port))?;
    let mut lines = BufReader::new(client.try_clone()?).lines();
    let first = lines.next().unwrap_or_else(|| Ok(String::new()))?;
    write!(
        server,
        "{}\r\nconnection: close\r\n",
        first.replacen(" /svc/", " /", 1)
    )?;
    for line in lines {
        let line = line?;
        if !line.to_ascii_lowercase().starts_with("connection:") {
            write!(server, "{line}\r\n")?;
        }
        if line.is_empty() {
            break;
        }
    }
    let mut answer = Vec::new();
    server.read_to_end(&mut answer)?;
    (&client).write_all(&answer)
}

#[test]
fn documentation_works_behind_a_proxy_with_a_prefix() {
    if !has_browser() {
        return;
    }
    let (_shop, port) = start("shop");
    let origin = format!("http://127.0.0.1:{}", proxy(port));
    let browser = Browser::start("proxy");
    open_docs(&browser, &format!("{origin}/svc"));
    let product = [("input.request-param", "2")];
    let product = try_it(&browser, "get", "/products/{id}", &product, "200");
    assert_eq!(product["id"], 2);
    let requests = check_requests(&browser, &format!("{origin}/svc/"));
    assert!(
        requests.contains(&format!("{origin}/svc/products/2")),
        "{requests:#?}"
    );
}

#[test]
fn routes_are_usable_in_each_view() {
    if !has_browser() {
        return;
    }
    let (_shop, port) = start("shop");
    let origin = format!("http://127.0.0.1:{port}");
    let browser = Browser::start("routes");
    let shown = "return [...document.querySelectorAll('.route')].filter((route) => route.checkVisibility()) \
                 .map((route) => route.querySelector('.path').textContent)";
    for view in VIEWS {
        view.apply(&browser);
        browser.open(&format!("{origin}/routes"));
        browser.until(
            "return document.querySelector('form').hidden",
            &json!(false),
        );
        view.check(&browser, &origin, "routes");
        browser.run("document.getElementById('open').click()");
        let open = "return document.querySelectorAll('.route:not([open])').length";
        browser.until(open, &json!(0));
        // The pages are stated in the source, and the addresses in it do not reload anything.
        browser.run("location.reload()");
        browser.until(
            "return document.querySelectorAll('.route[open]').length",
            &json!(1),
        );
        view.check(&browser, &origin, "routes-open");
        assert_eq!(unreachable_by_keyboard(&browser), json!([]), "{view:?}");
    }
    // The filter finds a guard, and words in any order.
    for (text, expected) in [
        (
            "at_least",
            json!(["/office/report", "/office/products/{id}/stock"]),
        ),
        ("orders post", json!(["/orders"])),
        ("nothing at all", json!([])),
    ] {
        let text = json!(text);
        browser.run(&format!(
            "const filter = document.getElementById('filter'); filter.value = {text}; \
             filter.dispatchEvent(new Event('input'))"
        ));
        browser.until(shown, &expected);
    }
    check_logs(&browser, &origin);
}
