//! The supervisor holds the sockets while the processes that serve on them end.

mod common;

use std::{
    io::{Read, Write},
    os::unix::net::UnixStream,
    process::{Command, Stdio},
    sync::atomic::Ordering::Relaxed,
    thread,
    time::{Duration, Instant},
};

use common::{Load, Program, get, kill, until};

/// How many clients send requests.
const CLIENTS: usize = 8;

#[test]
fn kill_9_of_the_child_refuses_no_connection() {
    let mut program = Program::start("kill", &["supervise"], &[]);
    let load = Load::start(program.addr, CLIENTS);
    for count in 1..=3 {
        until("requests are answered", || {
            load.counts.answered.load(Relaxed) > count * 100
        });
        let before = program.pid();
        kill("KILL", &before);
        let begun = Instant::now();
        until("the next one serves", || {
            get(program.addr, "/pid").is_ok_and(|pid| pid != before)
        });
        let took = begun.elapsed();
        println!("the next one answers after {took:?}");
        assert!(took < Duration::from_secs(5), "{took:?}");
        // Operators reach it, too.
        let alive = get(program.admin, "/livez").expect("it serves operators");
        assert!(alive.contains("alive"), "{alive}");
    }
    let (answered, refused, lost) = load.stop();
    println!("{answered} answered, {refused} refused, {lost} lost");
    assert!(answered > 100, "{answered}");
    assert_eq!(refused, 0);
    // Those that the killed processes were handling.
    assert!(lost <= 3 * CLIENTS as u64, "{lost}");
    assert!(program.log().contains("has ended with SIGKILL"));
    assert_eq!(program.stop(), Some(0));
}

#[test]
fn child_with_a_blocked_runtime_is_replaced() {
    let variables = [
        ("HIGHBALL_WORKERS", "4"),
        ("HIGHBALL_END_WHEN_BLOCKED", "1500ms"),
        ("HIGHBALL_SHUTDOWN_TIMEOUT", "2s"),
    ];
    let mut program = Program::start("wedge", &["supervise"], &variables);
    let before = program.pid();
    let load = Load::start(program.addr, CLIENTS);
    let addr = program.addr;
    until("requests are answered", || {
        load.counts.answered.load(Relaxed) > 100
    });
    let begun = Instant::now();
    let wedged = thread::spawn(move || get(addr, "/wedge").is_err());
    program.says("has been blocked for");
    println!("named after {:?}", begun.elapsed());
    program.says("the process ends");
    program.says("exit code 70, because a runtime was blocked");
    let ended = Instant::now();
    until("the next one serves", || {
        get(addr, "/pid").is_ok_and(|pid| pid != before)
    });
    let took = ended.elapsed();
    println!("the next one answers after {took:?}");
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert!(wedged.join().expect("no panic"));
    let (answered, refused, lost) = load.stop();
    println!("{answered} answered, {refused} refused, {lost} lost");
    assert_eq!(refused, 0);
    // Those that the blocked runtime had accepted.
    assert!(lost <= CLIENTS as u64, "{lost}");
    assert_eq!(program.stop(), Some(0));
}

#[test]
fn hangup_renews_the_child_and_loses_no_request() {
    let mut program = Program::start("renew", &["supervise"], &[]);
    let socket = program.folder.0.join("app.sock");
    let load = Load::start(program.addr, CLIENTS);
    for _ in 0..3 {
        let before = program.pid();
        program.signal("HUP");
        until("the next one serves", || {
            get(program.addr, "/pid").is_ok_and(|pid| pid != before)
        });
        let mut stream = UnixStream::connect(&socket).expect("the unix socket is the same");
        stream
            .write_all(b"GET /pid HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
            .expect("it reads");
        let mut response = String::new();
        stream.read_to_string(&mut response).expect("it answers");
        assert!(response.starts_with("HTTP/1.1 200 "), "{response}");
    }
    let (answered, refused, lost) = load.stop();
    println!("{answered} answered, {refused} refused, {lost} lost");
    assert_eq!((refused, lost), (0, 0));
    // The supervisor has the file, not one of its children.
    assert!(socket.exists());
    assert_eq!(program.stop(), Some(0));
    assert!(!socket.exists());
}

#[test]
fn program_that_ends_again_and_again_is_started_once_a_minute() {
    let mut program = Program::start("flapping", &["supervise"], &[]);
    for count in 1..=6 {
        let before = program.pid();
        let _cut = get(program.addr, "/exit/3");
        until("it has ended", || {
            let ends = program.log().matches("has ended with exit code 3").count();
            ends >= count
        });
        if count < 6 {
            until("the next one serves", || {
                get(program.addr, "/pid").is_ok_and(|pid| pid != before)
            });
        }
    }
    program.says("so it starts once a minute from now on");
    assert_eq!(program.stop(), Some(69));
}

#[test]
fn interrupt_stops_the_child_and_the_supervisor_has_its_exit_code() {
    let mut program = Program::start("interrupt", &["supervise"], &[]);
    program.signal("INT");
    assert_eq!(program.exit_code(), Some(0));
    let mut other = Program::start("plain", &[], &[]);
    assert_eq!(other.stop(), Some(0));
    assert!(!other.log().contains("supervisor"));
}

#[test]
fn process_1_of_a_container_removes_the_processes_that_others_leave() {
    let program = env!("CARGO_BIN_EXE_recovering");
    let (folder, addr) = (common::Folder::new("process-1"), common::free());
    let script = "(sleep 0.2 & ) ; exec \"$0\" supervise";
    let child = Command::new("unshare")
        .args([
            "--pid",
            "--fork",
            "--mount-proc",
            "--kill-child",
            "sh",
            "-c",
            script,
            program,
        ])
        .current_dir(&folder.0)
        .env("HIGHBALL_LISTEN", addr.to_string())
        .env("HIGHBALL_ADMIN_LISTEN", common::free().to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = child else {
        println!("left out: unshare is missing");
        return;
    };
    let mut is_left_out = false;
    until("it serves", || {
        is_left_out = child.try_wait().is_ok_and(|status| status.is_some());
        is_left_out || get(addr, "/pid").is_ok()
    });
    if is_left_out {
        println!("left out: no namespace is permitted");
        return;
    }
    let supervisor = children(&child.id().to_string()).pop().expect("a process");
    // `sleep` has ended, and it is no child any more.
    until("one child is left", || children(&supervisor).len() == 1);
    kill("TERM", &supervisor);
    let status = child.wait().expect("it ends");
    assert_eq!(status.code(), Some(0));
}

fn children(pid: &str) -> Vec<String> {
    let path = format!("/proc/{pid}/task/{pid}/children");
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.split_whitespace().map(str::to_owned).collect()
}
