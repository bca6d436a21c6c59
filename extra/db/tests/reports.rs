//! The reports on standard error: connections that are held for long, and a `max` that is too high.
//!
//! The parent of each test runs the test program once more, as the server, and reads its output.
#![cfg(all(feature = "sqlite", unix))]

mod kit;

use std::{
    process::{Command, Stdio},
    time::Duration,
};

use highball::{prelude::*, tokio};
use highball_db::{Conn, Pool, Sqlite, database};

database!(Main: Sqlite);

/// The variable that makes a test the child.
const CHILD: &str = "DB_TEST_REPORTS";

#[derive(State)]
struct AppState {
    pool: Pool<Main>,
}

const FORGETS_AT: u32 = line!() + 5;

/// Gives its connection to a task that keeps it.
#[post("/forgets")]
async fn forgets(pool: State<Pool<Main>>) -> highball::Result {
    let lent = pool.acquire().await?;
    tokio::spawn(async move {
        std::future::pending::<()>().await;
        drop(lent);
    });
    Ok(())
}

const HOLDS_AT: u32 = line!() + 4;

/// Keeps its connection as long as the client waits.
#[get("/holds")]
async fn holds(_conn: Conn<'_, Main>) {
    std::future::pending::<()>().await;
}

#[routes(app)]
struct Api(forgets, holds);

/// Runs a test of this program as a child. Returns what it prints on standard error, or nothing if this is the child.
fn as_child(test: &str) -> Option<String> {
    if std::env::var_os(CHILD).is_some() {
        return None;
    }
    let program = std::env::current_exe().expect("this program");
    let mut command = Command::new(program);
    command
        .args(["--exact", test, "--nocapture"])
        .env(CHILD, "1");
    let output = command.stdin(Stdio::null()).output().expect("a child");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{text}");
    Some(text)
}

#[tokio::test]
async fn connections_that_are_held_for_long_are_reported_with_line_and_route() {
    let test = "connections_that_are_held_for_long_are_reported_with_line_and_route";
    if let Some(text) = as_child(test) {
        let reports: Vec<_> = text
            .lines()
            .filter(|line| line.contains("is held for"))
            .collect();
        eprintln!("{}", reports.join("\n"));
        // Each once.
        assert_eq!(reports.len(), 2, "{text}");
        for (by, line) in [("acquire", FORGETS_AT), ("reports::holds", HOLDS_AT)] {
            let place = format!("by `{by}` ({}:{line})", file!());
            let report = reports.iter().find(|report| report.ends_with(&place));
            let report = report.unwrap_or_else(|| panic!("{place}: {text}"));
            let time = report.strip_prefix("a connection of `Main` is held for ");
            let time = time.and_then(|time| time.split(' ').next());
            let time: f64 = time.and_then(|time| time.parse().ok()).expect("a time");
            // The time of the setting, and a second.
            assert!((0.5..2.5).contains(&time), "{report}");
        }
        return;
    }
    let folder = std::env::temp_dir().join(format!("highball-db-reports-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a directory");
    let pool = Pool::<Main>::file(folder.join("test.db")).report_after(Duration::from_millis(500));
    let pool = pool.build();
    let (listener, address) = kit::listen().await;
    let serving = highball::serve(Api)
        .state(AppState { pool: pool.clone() })
        .install(pool);
    let _server = kit::run(serving.listen(listener).quiet());
    let request =
        "POST /forgets HTTP/1.1\r\nhost: test\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let answer = kit::send(address, request).await.expect("a response");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let _holds = tokio::spawn(kit::get(address, "/holds"));
    tokio::time::sleep(Duration::from_millis(3200)).await;
    std::fs::remove_dir_all(folder).ok();
}

#[cfg(feature = "postgres")]
#[tokio::test]
async fn a_max_over_the_limit_of_the_server_is_reported() {
    database!(Other: highball_db::Postgres);

    let Ok(url) = std::env::var("HIGHBALL_TEST_POSTGRES") else {
        eprintln!("left out: set HIGHBALL_TEST_POSTGRES to the URL of a server to run this test");
        return;
    };
    if let Some(text) = as_child("a_max_over_the_limit_of_the_server_is_reported") {
        let advice = "`Other` may open 100000 connections, and its server allows ";
        let mut lines = text.lines().filter(|line| line.starts_with(advice));
        let line = lines.next().unwrap_or_else(|| panic!("{text}"));
        assert!(
            line.ends_with("lower `max`, or raise `max_connections` of the server"),
            "{line}"
        );
        // One line: the other pool is below the limit.
        assert_eq!(text.matches("may open").count(), 1, "{text}");
        return;
    }
    for max in [2, 100_000] {
        let pool = Pool::<Other>::builder(url.parse().expect("a URL"))
            .max(max)
            .min_idle(1)
            .build();
        pool.open().await.expect("an open pool");
    }
}
