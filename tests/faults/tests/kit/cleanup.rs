//! Nothing is left of a server, however its test ends.

use std::fs;
use std::io::{BufRead, BufReader, Lines};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use highball_faults::{Server, postgres_or_skip, redis_or_skip};
use tokio::task;

use crate::echo::eventually;

/// Returns whether a process exists that is not a zombie, which only its parent can remove.
fn exists(process: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let state = stat.rsplit(')').next().unwrap_or_default().trim_start();
    !state.is_empty() && !state.starts_with(['Z', 'X'])
}

/// Returns the number of the segment of shared memory that a PostgreSQL server uses.
fn segment(directory: &Path) -> String {
    let text = fs::read_to_string(directory.join("data/postmaster.pid")).unwrap();
    let line = text.lines().nth(6).unwrap();
    line.split_whitespace().last().unwrap().to_owned()
}

fn segment_exists(segment: &str) -> bool {
    let table = fs::read_to_string("/proc/sysvipc/shm").unwrap();
    table
        .lines()
        .any(|line| line.split_whitespace().nth(1) == Some(segment))
}

fn assert_left_nothing(directory: &Path, processes: &[u32]) {
    eventually(|| !directory.exists());
    for process in processes {
        assert!(!exists(*process), "process {process} is left");
    }
}

#[tokio::test]
async fn dropped_server_leaves_nothing() {
    let Some(server) = postgres_or_skip().await else {
        return;
    };
    let (directory, processes) = (server.directory().to_owned(), server.processes().await);
    assert!(processes.len() > 3, "{processes:?}");
    assert!(directory.exists() && processes.iter().any(|process| exists(*process)));
    let segment = segment(&directory);
    assert!(segment_exists(&segment));
    drop(server);
    assert!(!directory.exists());
    assert_left_nothing(&directory, &processes);
    assert!(!segment_exists(&segment));
}

#[tokio::test]
async fn paused_and_killed_servers_leave_nothing() {
    let (Some(paused), Some(killed)) = (redis_or_skip().await, redis_or_skip().await) else {
        return;
    };
    for server in [&paused, &killed] {
        assert_eq!(server.processes().await.len(), 1);
    }
    let processes = [paused.processes().await, killed.processes().await].concat();
    let directories = [paused.directory().to_owned(), killed.directory().to_owned()];
    paused.pause().await;
    killed.kill().await;
    drop((paused, killed));
    for directory in &directories {
        assert_left_nothing(directory, &processes);
    }
}

#[tokio::test]
async fn panic_leaves_nothing() {
    let Some(server) = redis_or_skip().await else {
        return;
    };
    let (directory, processes) = (server.directory().to_owned(), server.processes().await);
    let failed = task::spawn(async move {
        let _server: Server = server;
        panic!("a test that fails");
    });
    assert!(failed.await.unwrap_err().is_panic());
    assert_left_nothing(&directory, &processes);
}

/// A program with a server. The lines of its output are the directory and the processes of the server.
struct Holder {
    program: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Holder {
    fn start(backend: &str) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hold"));
        let mut program = command.arg(backend).stdout(Stdio::piped()).spawn().unwrap();
        let stdout = program.stdout.take().unwrap();
        let lines = BufReader::new(stdout).lines();
        Self { program, lines }
    }

    fn line(&mut self) -> String {
        self.lines.next().expect("the program prints").unwrap()
    }

    fn kill_and_check(mut self) {
        let directory = PathBuf::from(self.line());
        let line = self.line();
        let numbers = line.trim_matches(['[', ']']).split(", ");
        let processes: Vec<u32> = numbers.map(|number| number.parse().unwrap()).collect();
        // PostgreSQL ends some of its processes after the start.
        assert!(directory.exists() && processes.iter().any(|process| exists(*process)));
        // `kill` sends SIGKILL.
        self.program.kill().unwrap();
        self.program.wait().unwrap();
        assert_left_nothing(&directory, &processes);
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        let _ended = self.program.kill();
        let _ended = self.program.wait();
    }
}

#[tokio::test]
async fn killed_test_program_leaves_no_redis() {
    if redis_or_skip().await.is_some() {
        Holder::start("redis").kill_and_check();
    }
}

#[tokio::test]
async fn killed_test_program_leaves_no_postgres() {
    if postgres_or_skip().await.is_some() {
        Holder::start("postgres").kill_and_check();
    }
}
