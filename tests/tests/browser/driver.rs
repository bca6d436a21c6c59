//! Programs that a test starts, and a browser that is controlled with the WebDriver protocol.

use std::{
    env, fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{
        atomic::{AtomicUsize, Ordering::Relaxed},
        mpsc,
    },
    time::{Duration, Instant},
};

use highball::{prelude::*, serde_json};

/// The time after which a step fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// A child process that is killed when the test ends.
pub(crate) struct Program(Child);

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
pub(crate) fn start(example: &str) -> (Program, u16) {
    let mut path = env::current_exe().expect("a path of its own");
    // From `target/debug/deps/browser-..` to `target/debug/chat`.
    path.pop();
    path.pop();
    path.push(example);
    assert!(path.exists(), "`cargo build -p {example}` was not run");
    let mut command = Command::new(path);
    command.env("PORT", "0").env("DATABASE", new_database());
    // Two tests run the shop at the same time.
    command.env("HIGHBALL_ADMIN_LISTEN", "127.0.0.1:0");
    start_program(&mut command, "http://localhost:")
}

/// Returns the path of a database that does not exist yet, for the example `shop`.
fn new_database() -> PathBuf {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let number = COUNT.fetch_add(1, Relaxed).to_string();
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("databases");
    let folder = folder.join(number);
    // It is left over from the run before.
    fs::remove_dir_all(&folder).ok();
    fs::create_dir_all(&folder).expect("a folder");
    folder.join("shop.db")
}

/// Sends a request, and returns the status and the body of the response.
pub(crate) fn ask(
    port: u16,
    method: &str,
    path: &str,
    content_type: &str,
    body: &str,
) -> (u16, String) {
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
pub(crate) struct Browser {
    port: u16,
    session: String,
    profile: PathBuf,
    _driver: Program,
}

impl Browser {
    pub(crate) fn start(name: &str) -> Self {
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
        let wanted = json!({ "capabilities": { "alwaysMatch": {
                "goog:chromeOptions": options,
                "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
            } } });
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

    pub(crate) fn open(&self, url: &str) {
        let path = format!("/session/{}/url", self.session);
        self.call("POST", &path, &json!({ "url": url }));
    }

    pub(crate) fn run(&self, script: &str) -> Value {
        let path = format!("/session/{}/execute/sync", self.session);
        self.call("POST", &path, &json!({ "script": script, "args": [] }))
    }

    /// Runs a command of the DevTools protocol.
    pub(crate) fn command(&self, name: &str, params: &Value) -> Value {
        let path = format!("/session/{}/goog/cdp/execute", self.session);
        self.call("POST", &path, &json!({ "cmd": name, "params": params }))
    }

    /// Presses a key.
    pub(crate) fn press(&self, key: &str) {
        let (code, text) = match key {
            "Enter" => (13, "\r"),
            _ => (9, ""),
        };
        for kind in ["keyDown", "keyUp"] {
            let params =
                json!({ "type": kind, "key": key, "windowsVirtualKeyCode": code, "text": text });
            self.command("Input.dispatchKeyEvent", &params);
        }
    }

    /// Returns the entries of a log since the last call: `browser` is the console, `performance` has the requests.
    pub(crate) fn log(&self, kind: &str) -> Vec<Value> {
        let path = format!("/session/{}/se/log", self.session);
        let log = self.call("POST", &path, &json!({ "type": kind }));
        log.as_array().cloned().unwrap_or_default()
    }

    /// Returns the addresses of the requests since the last call, without those of the browser's own pages.
    pub(crate) fn requests(&self) -> Vec<String> {
        let entries = self.log("performance").into_iter().filter_map(|entry| {
            let entry: Value = serde_json::from_str(entry["message"].as_str()?).ok()?;
            let message = &entry["message"];
            let is_request = message["method"] == "Network.requestWillBeSent";
            let page = message["params"]["documentURL"].as_str()?;
            let url = message["params"]["request"]["url"].as_str()?;
            (is_request && !page.starts_with("chrome:")).then(|| url.to_owned())
        });
        entries.collect()
    }

    /// Waits until the script returns this value.
    pub(crate) fn until(&self, script: &str, expected: &Value) {
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

pub(crate) fn has_browser() -> bool {
    let wanted = env::var_os("BROWSER_TESTS").is_some();
    if !wanted {
        println!("not run: BROWSER_TESTS is not set");
    }
    wanted
}
