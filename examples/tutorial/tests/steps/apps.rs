//! Runs the programs of the steps.

use std::{
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread::{self, JoinHandle},
};

use highball::{
    block_on,
    serve::Serve,
    tokio::{net::TcpListener, sync::oneshot},
};

use crate::{errors, first_route, json, path, validation, with_database};

/// A running program, which is stopped when this value is dropped.
pub(crate) struct Running {
    pub(crate) addr: SocketAddr,
    stop: Stop,
}

enum Stop {
    Thread(Option<(oneshot::Sender<()>, JoinHandle<()>)>),
    Process(Child),
}

/// Defines the function that starts a step. It must be in the module of the step, because its items are private.
macro_rules! serve_step {
    () => {
        pub(crate) fn start(_: &str) -> crate::apps::Running {
            crate::apps::serve(async |listener, stop| {
                crate::apps::setup(highball::serve(Api), listener, stop).await
            })
        }
    };
    (with database) => {
        pub(crate) fn start(file: &str) -> crate::apps::Running {
            let file = file.to_owned();
            crate::apps::serve(async move |listener, stop| {
                let database = database::open(&file).await?;
                let serve = crate::apps::setup(highball::serve(Api), listener, stop);
                serve.state(AppState { database }).await
            })
        }
    };
}

/// Starts the program of a step with this database.
pub(crate) fn start(name: &str, file: &str) -> Running {
    match name {
        "first_route" => first_route::start(file),
        "json" => json::start(file),
        "path" => path::start(file),
        "database" => with_database::start(file),
        "errors" => errors::start(file),
        "validation" => validation::start(file),
        "service" => service(file),
        _ => panic!("there is no app `{name}`"),
    }
}

pub(crate) fn setup<A: highball::App>(
    serve: Serve<A>,
    listener: TcpListener,
    stop: oneshot::Receiver<()>,
) -> Serve<A> {
    let stop = async move {
        let _ = stop.await;
    };
    serve.listen(listener).stop(stop).quiet()
}

/// Serves on a thread.
pub(crate) fn serve(
    run: impl AsyncFnOnce(TcpListener, oneshot::Receiver<()>) -> highball::Result + Send + 'static,
) -> Running {
    let (stop, stopped) = oneshot::channel();
    let (send, addr) = mpsc::channel();
    let thread = thread::spawn(move || {
        let served = block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await?;
            send.send(listener.local_addr()?)
                .expect("the test waits for it");
            run(listener, stopped).await
        });
        served.expect("the program serves");
    });
    Running {
        addr: addr.recv().expect("the program listens"),
        stop: Stop::Thread(Some((stop, thread))),
    }
}

/// Starts the finished program.
fn service(file: &str) -> Running {
    let mut child = Command::new(env!("CARGO_BIN_EXE_tutorial"))
        .envs([("HOST", "127.0.0.1"), ("PORT", "0"), ("DATABASE", file)])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut output = BufReader::new(child.stdout.take().expect("it is piped"));
    let mut line = String::new();
    output
        .read_line(&mut line)
        .expect("the line with the address");
    thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
    let (_, rest) = line.split_once("http://").expect("an address");
    let (addr, _) = rest.split_once(' ').expect("more behind the address");
    Running {
        addr: addr.parse().expect("an address"),
        stop: Stop::Process(child),
    }
}

impl Running {
    /// Sends SIGTERM to the finished program, and returns its exit code.
    pub(crate) fn terminate(mut self) -> Option<i32> {
        let Stop::Process(child) = &mut self.stop else {
            panic!("the program of a step is no process");
        };
        let id = child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status();
        assert!(sent.expect("kill runs").success());
        child.wait().expect("it ends").code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        match &mut self.stop {
            Stop::Thread(running) => {
                let (stop, thread) = running.take().expect("it is dropped once");
                let _ = stop.send(());
                let _ = thread.join();
            }
            Stop::Process(child) => {
                let _ = child.kill();
                let _ = child.wait();
            }
        }
    }
}
