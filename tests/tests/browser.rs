//! The examples with web pages, and requests of other sites, in headless Chromium.
//!
//! The tests run if `BROWSER_TESTS` is set. `.ci/run` sets it after it has installed `chromium` and `chromium-driver`
//! of Debian and built the examples. Otherwise the tests print that they are skipped.

use std::{
    env, fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    time::{Duration, Instant},
};

use highball::{middleware::Csrf, prelude::*, response::Html, serde_json};
use tokio::net::TcpListener;

/// The time after which a step fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// A child process that is killed when the test ends.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Starts a program that chooses its port itself, and returns the port. The program prints it behind `marker`.
fn start_program(command: &mut Command, marker: &'static str) -> (Program, u16) {
    let mut program = Program(command.stdout(Stdio::piped()).spawn().expect("it starts"));
    let output = BufReader::new(program.0.stdout.take().expect("a pipe"));
    let (sender, port) = mpsc::channel();
    // The thread reads to the end: a program that cannot write its output would end.
    std::thread::spawn(move || {
        for line in output.lines().map_while(Result::ok) {
            if let Some((_, port)) = line.split_once(marker) {
                let digits = port.chars().take_while(char::is_ascii_digit);
                sender.send(digits.collect::<String>()).ok();
            }
        }
    });
    let port = port.recv_timeout(PATIENCE).expect("it prints its port");
    (program, port.parse().expect("a port"))
}

/// Starts an example, and returns its port.
fn start(example: &str) -> (Program, u16) {
    let mut path = env::current_exe().expect("a path of its own");
    // From `target/debug/deps/browser-..` to `target/debug/chat`.
    path.pop();
    path.pop();
    path.push(example);
    assert!(path.exists(), "`cargo build -p {example}` was not run");
    start_program(Command::new(path).env("PORT", "0"), "http://localhost:")
}

/// Sends a request, and returns the status and the body of the response.
fn ask(port: u16, method: &str, path: &str, content_type: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("a connection");
    stream.set_read_timeout(Some(PATIENCE)).expect("it is set");
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\n\
         content-type: {content_type}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .expect("it is sent");
    let mut reader = BufReader::new(stream);
    let (mut line, mut status, mut len) = (String::new(), 0, None);
    while reader.read_line(&mut line).expect("an answer") > 2 {
        let (name, value) = line.split_once([' ', ':']).unwrap_or_default();
        match name.to_ascii_lowercase().as_str() {
            "http/1.1" => status = value[..3].parse().expect("a status"),
            "content-length" => len = value.trim().parse().ok(),
            _ => {}
        }
        line.clear();
    }
    let mut body = Vec::new();
    match len {
        Some(len) => {
            body.resize(len, 0);
            reader.read_exact(&mut body).expect("the body");
        }
        None => {
            reader.read_to_end(&mut body).expect("the body");
        }
    }
    (status, String::from_utf8_lossy(&body).into_owned())
}

/// A browser that is controlled with the WebDriver protocol.
struct Browser {
    port: u16,
    session: String,
    profile: PathBuf,
    _driver: Program,
}

impl Browser {
    fn start(name: &str) -> Self {
        let mut command = Command::new("chromedriver");
        let (driver, port) = start_program(command.arg("--port=0"), "successfully on port ");
        let profile = env::temp_dir().join(format!("highball-{name}-{}", std::process::id()));
        let args = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            // Names that are not loopback: the browser sends them no `Sec-Fetch-Site` without TLS.
            "--host-resolver-rules=MAP *.test 127.0.0.1",
            &format!("--user-data-dir={}", profile.display()),
        ];
        let options = json!({ "binary": "/usr/bin/chromium", "args": args });
        let wanted =
            json!({ "capabilities": { "alwaysMatch": { "goog:chromeOptions": options } } });
        let mut browser = Self {
            port,
            session: String::new(),
            profile,
            _driver: driver,
        };
        let session = browser.call("POST", "/session", &wanted);
        browser.session = session["sessionId"].as_str().expect("a session").to_owned();
        browser
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        let (status, text) = ask(
            self.port,
            method,
            path,
            "application/json",
            &body.to_string(),
        );
        let answer: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(status, 200, "{path}: {answer}");
        answer["value"].clone()
    }

    fn open(&self, url: &str) {
        let path = format!("/session/{}/url", self.session);
        self.call("POST", &path, &json!({ "url": url }));
    }

    fn run(&self, script: &str) -> Value {
        let path = format!("/session/{}/execute/sync", self.session);
        self.call("POST", &path, &json!({ "script": script, "args": [] }))
    }

    /// Waits until the script returns this value.
    fn until(&self, script: &str, expected: &Value) {
        let begun = Instant::now();
        loop {
            let got = self.run(script);
            if got == *expected {
                return;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "{script}: {got}, not {expected}"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !self.session.is_empty() && !std::thread::panicking() {
            self.call("DELETE", &format!("/session/{}", self.session), &json!({}));
        }
        fs::remove_dir_all(&self.profile).ok();
    }
}

fn has_browser() -> bool {
    let wanted = env::var_os("BROWSER_TESTS").is_some();
    if !wanted {
        println!("not run: BROWSER_TESTS is not set");
    }
    wanted
}

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
    browser.until(LINES, &json!(["The Signal-Man", "Night Mail"]));
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
