//! The access log of a request that panicked.

use super::*;

static LINES: Mutex<String> = Mutex::new(String::new());

fn write(lines: &[u8]) {
    let lines = String::from_utf8_lossy(lines);
    LINES.lock().expect("no panic").push_str(&lines);
}

#[routes(app, with(AccessLog::line().to(write), outer))]
struct Logged(in_async);

#[test]
fn access_log_has_one_line_for_a_panic() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        assert_eq!(Logged.test().get("/async").send().await.status(), 500);
    });
    let outcome = Outcome::Panicked.to_string();
    // A separate thread writes the log.
    while LINES.lock().expect("no panic").is_empty() {
        std::thread::yield_now();
    }
    let lines = LINES.lock().expect("no panic").clone();
    assert_eq!(lines.lines().count(), 1, "{lines}");
    assert!(lines.contains(&format!("({outcome})")), "{lines}");
}
