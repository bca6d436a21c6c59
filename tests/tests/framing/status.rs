//! An invalid status code becomes 500, and its source line is logged.

use std::process::Command;

use highball::{http::StatusCode, prelude::*, response::Status, tokio};

#[get("/{how}")]
async fn given(how: &str, cx: &mut Context<'_>) -> Response {
    match how {
        "json" => cx.json(1000, &1),
        "text" => cx.text(1001, "text"),
        "data" => cx.data(1002, "text/plain", "data"),
        "set" => {
            let mut response = Response::new("set");
            response.set_status(1003);
            response
        }
        "empty" => Response::empty(1004),
        "tuple" => (Status::from(1005), "tuple").into_response(),
        "context" => {
            cx.status(1006);
            "context".into_response()
        }
        "small" => cx.json(99, &1),
        "code" => cx.json(StatusCode::OK, &1),
        _ => cx.json(200, &1),
    }
}

#[routes(app)]
struct Api(given);

/// Returns the invalid numbers in the handler above, with their lines.
fn places() -> Vec<(u16, u32)> {
    let source = include_str!("status.rs");
    let lines = source
        .lines()
        .zip(1..)
        .take_while(|(line, _)| !line.contains("struct Api"));
    lines
        .filter_map(|(line, number)| {
            let digits = line.split(|c: char| !c.is_ascii_digit());
            let mut status = digits.filter_map(|text| text.parse().ok());
            let is_none = |status: &u16| *status == 99 || *status >= 600;
            let status = status.rfind(is_none);
            status.map(|status| (status, number))
        })
        .collect()
}

#[tokio::test]
async fn invalid_status_is_500() {
    for how in [
        "json", "text", "data", "set", "empty", "tuple", "context", "small",
    ] {
        let response = Api.test().get(&format!("/{how}")).send().await;
        assert_eq!(response.status(), 500, "{how}");
    }
    for how in ["code", "other"] {
        let response = Api.test().get(&format!("/{how}")).send().await;
        assert_eq!(response.status(), 200, "{how}");
    }
}

/// The log is written to the standard error of the process, so the test runs another process.
#[test]
fn line_of_an_invalid_status_is_logged_once() {
    let own = std::env::current_exe().expect("a test");
    let mut test = Command::new(own);
    let name = "status::invalid_status_is_500";
    let output = test
        .args(["--exact", name, "--nocapture"])
        .output()
        .expect("it runs");
    assert!(output.status.success());
    let log = String::from_utf8_lossy(&output.stderr);
    let places = places();
    assert_eq!(places.len(), 8, "{places:?}");
    for (status, line) in places {
        let place = format!("the status {status} at tests/tests/framing/status.rs:{line}:");
        assert_eq!(log.matches(&place).count(), 1, "{place}: {log}");
    }
    assert_eq!(log.matches("the status").count(), 8, "{log}");
}
