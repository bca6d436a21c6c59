//! Responses that RFC 9111 allows to store and that it does not, in `corpus.txt`.

use std::time::Duration;

use highball::{
    http::{HeaderName, HeaderValue},
    prelude::*,
    response::Accept,
};
use highball_cache::responses::cached;
use tokio::time::sleep;

use crate::app::{AppState, Runs};

/// A row of the file.
#[derive(Debug, Clone)]
struct Row {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    verdict: &'static str,
    clause: &'static str,
}

/// The responses of the handler.
fn rows() -> Vec<Row> {
    let lines = include_str!("corpus.txt").lines();
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(row).collect()
}

fn row(line: &'static str) -> Row {
    let cells: Vec<_> = line.splitn(4, '|').map(str::trim).collect();
    let [status, headers, verdict, clause] = cells[..] else {
        panic!("a row has four cells: {line}")
    };
    let headers = headers
        .split(';')
        .map(str::trim)
        .filter(|text| !text.is_empty());
    let headers = headers.map(|text| {
        let (name, value) = text.split_once(": ").expect("a header has a value");
        (
            name.parse().expect("a name"),
            value.parse().expect("a value"),
        )
    });
    Row {
        status: status.parse().expect("a status"),
        headers: headers.collect(),
        verdict,
        clause,
    }
}

#[get(
    "/{row}",
    cached(ttl = secs(60), missing = secs(10), stale = secs(30))
)]
async fn respond(row: usize, accept: Accept, runs: State<Runs>) -> Response {
    let _ = accept;
    let run = runs.begin();
    sleep(Duration::from_millis(10)).await;
    let row = &rows()[row];
    let mut response = Response::new(format!("run {run}"));
    if matches!(row.status.as_u16(), 204 | 304) {
        response.set_body(());
    }
    response.set_status(row.status);
    for (name, value) in &row.headers {
        response.headers_mut().append(name, value.clone());
    }
    response
}

#[routes(app)]
struct Api(respond);

/// Returns what the cache does with a response, as seen by three requests: two at once, and one later.
async fn observe(row: usize) -> String {
    let state = AppState::new();
    let client = Api.test().state(state.clone()).start();
    let path = format!("/{row}");
    let (first, second) = tokio::join!(client.get(&path).send(), client.get(&path).send());
    for response in [first, second] {
        assert_eq!(response.status(), rows()[row].status);
        let is_own = response.headers().contains_key("set-cookie");
        assert!(
            !is_own || state.runs.count() == 2,
            "two clients have one cookie"
        );
    }
    let computed = state.runs.count();
    let third = client.get(&path).send().await;
    let status = third
        .headers()
        .get_all("cache-status")
        .iter()
        .next_back()
        .expect("a status");
    let status = status.to_str().expect("a text").to_owned();
    if state.runs.count() == computed {
        let ttl = status.strip_prefix("highball; hit; ttl=").expect("a hit");
        return format!("stored {ttl}");
    }
    assert!(!status.contains("hit"), "{status}");
    match computed {
        1 if third.status().is_server_error() => "failed".to_owned(),
        1 => "shared".to_owned(),
        _ => "own".to_owned(),
    }
}

/// Returns whether both are the same, up to the random part that is taken off a time.
fn is_same(observed: &str, expected: &str) -> bool {
    let seconds = |text: &str| text.strip_prefix("stored ")?.parse::<u64>().ok();
    match (seconds(observed), seconds(expected)) {
        (Some(observed), Some(expected)) => {
            observed <= expected && observed + 1 >= expected * 9 / 10
        }
        _ => observed == expected,
    }
}

#[tokio::test(start_paused = true)]
async fn responses_are_stored_by_the_rfc() {
    let rows = rows();
    assert!(rows.len() >= 60, "{} rows", rows.len());
    let mut faults = Vec::new();
    for (number, row) in rows.iter().enumerate() {
        let observed = observe(number).await;
        if !is_same(&observed, row.verdict) {
            faults.push(format!(
                "{} {:?}: {observed}, expected {} ({})",
                row.status, row.headers, row.verdict, row.clause
            ));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}
