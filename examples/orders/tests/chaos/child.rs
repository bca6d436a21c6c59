//! This test program, started once more as a worker.

use std::{
    net::SocketAddr,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use highball_db::Pool;
use orders::{AppState, Mailer, database, database::Shop};

use crate::place::Place;

/// The variable that makes a test a worker.
const CHILD: &str = "ORDERS_TEST_CHILD";

/// The lease of the workers.
pub(crate) const LEASE: Duration = Duration::from_millis(400);

/// A worker, which is killed when it is dropped.
pub(crate) struct Worker(pub(crate) Child);

impl Worker {
    /// Starts a worker of the test with this name.
    pub(crate) fn start(test: &str, place: &Place) -> Self {
        let program = std::env::current_exe().expect("this program");
        let (name, value) = place.scratch.variable();
        let mut command = Command::new(program);
        command.args(["--exact", test, "--nocapture", "--test-threads=1"]);
        command
            .env(CHILD, "1")
            .env(name, value)
            .stdout(Stdio::null());
        if std::env::var_os("SHOW_LOGS").is_none() {
            command.stderr(Stdio::null());
        }
        Self(command.spawn().expect("a process"))
    }

    /// Returns whether the process has ended.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.0.try_wait().expect("a status").is_some()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Returns whether this process is a worker of a test.
pub(crate) fn is_child() -> bool {
    std::env::var_os(CHILD).is_some()
}

/// Returns the state of an app with this database, without a mail server.
pub(crate) fn state(shop: Pool<Shop>) -> AppState {
    let nowhere = SocketAddr::from(([127, 0, 0, 1], 9));
    AppState::new(shop, Mailer::new(nowhere))
}

/// Returns the state of a worker that a test has started.
pub(crate) fn child_state() -> AppState {
    state(database::from_env().expect("the variable of the test"))
}

/// Waits until a query returns a number, which it approaches.
pub(crate) async fn wait_for(place: &Place, sql: &'static str, number: i64) {
    let (mut last, mut changed) = (place.number(sql).await, Instant::now());
    while last != number {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let now = place.number(sql).await;
        if now != last {
            (last, changed) = (now, Instant::now());
        }
        let is_moving = changed.elapsed() < Duration::from_secs(30);
        assert!(is_moving, "{sql} is {last}, not {number}");
    }
}
