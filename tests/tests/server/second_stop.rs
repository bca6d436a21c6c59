//! A second signal to stop, while background work of a battery does not end.

use std::{
    env,
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use highball::{
    Config,
    battery::{Battery, Hooks},
};

use crate::{Api, PATIENCE, server};

/// Set in the process that is the server.
const IS_SERVER: &str = "SECOND_STOP_SERVER";

/// It prints that it has learned of the stop, and does not end.
struct Stuck;

impl Battery for Stuck {
    fn name(&self) -> String {
        "stuck".to_owned()
    }

    fn install(self, hooks: &mut Hooks<'_>) {
        hooks.background("work", |stopping, _clock| async {
            stopping.await;
            println!("the work has learned");
            std::future::pending().await
        });
    }
}

/// The server, if this process is it.
#[test]
fn child() {
    if env::var_os(IS_SERVER).is_none() {
        return;
    }
    let addr: SocketAddr = ([127, 0, 0, 1], 0).into();
    let config = Config::default().shutdown_timeout(Duration::from_secs(3600));
    let serving = server(Api).listen(addr).config(config).install(Stuck);
    highball::block_on(serving).expect("it serves");
}

struct Process(Child);

impl Process {
    fn terminate(&self) {
        let id = self.0.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status();
        assert!(sent.expect("`kill` exists").success());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(unix)]
#[test]
fn a_second_signal_does_not_wait_for_background_work() {
    let program = env::current_exe().expect("this program");
    let child = Command::new(program)
        .args(["second_stop::child", "--exact", "--nocapture"])
        .env(IS_SERVER, "1")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut process = Process(child.expect("it starts"));
    let output = BufReader::new(process.0.stdout.take().expect("its output"));
    let mut lines = output.lines().map_while(Result::ok);
    let mut says = |text: &str| lines.any(|line| line.contains(text));
    assert!(says("on http://"));
    process.terminate();
    assert!(says("the work has learned"));
    // The work has an hour.
    std::thread::sleep(Duration::from_millis(100));
    assert!(process.0.try_wait().expect("it runs").is_none());
    process.terminate();
    let begun = Instant::now();
    while process.0.try_wait().expect("it runs").is_none() {
        assert!(begun.elapsed() < PATIENCE, "it does not end");
        std::thread::sleep(Duration::from_millis(5));
    }
    let status = process.0.wait().expect("it has ended");
    assert!(status.success(), "{status}");
    let errors = BufReader::new(process.0.stderr.take().expect("its errors"));
    let text: Vec<_> = errors.lines().map_while(Result::ok).collect();
    assert!(
        text.iter()
            .any(|line| line.contains("background tasks of batteries")),
        "{text:?}"
    );
}
