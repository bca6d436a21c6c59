//! A battery outside of the runtime: its hooks, background work, readiness, gauges, console and commands.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicU32, Ordering::SeqCst},
};

use highball::{
    Config, Error,
    battery::{Battery, Gauge, Hooks, Registry},
    middleware::{millis, secs},
    serve::Serve,
    tokio,
};
use tokio::sync::{Notify, Semaphore};

use crate::{Api, PATIENCE, Server, ask, bound, connect, server, until};

/// The events of a test, in order.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn add(&self, event: &str) {
        self.0.lock().expect("no panic").push(event.to_owned());
    }

    fn text(&self) -> String {
        self.0.lock().expect("no panic").join(" ")
    }
}

/// A queue whose consumer claims jobs until the stop begins.
struct Toy {
    name: &'static str,
    log: Log,
    /// Lets the start hook end.
    opens: Arc<Semaphore>,
    /// Whether the start hook fails.
    fails: bool,
    /// How often the consumer fails before it works.
    failures: Arc<AtomicU32>,
    claimed: Arc<AtomicU32>,
    registry: Arc<Mutex<Option<Registry>>>,
}

impl Toy {
    fn new(name: &'static str, log: &Log) -> Self {
        Self {
            name,
            log: log.clone(),
            opens: Arc::new(Semaphore::new(1)),
            fails: false,
            failures: Arc::default(),
            claimed: Arc::default(),
            registry: Arc::default(),
        }
    }
}

impl Battery for Toy {
    fn name(&self) -> String {
        self.name.to_owned()
    }

    fn install(self, hooks: &mut Hooks<'_>) {
        let Self { name, log, .. } = self;
        assert!(hooks.routes().iter().any(|route| route.path() == "/ping"));
        *self.registry.lock().expect("no panic") = Some(hooks.registry());
        let (opens, start) = (self.opens, log.clone());
        hooks.on_start(PATIENCE, async move {
            let _open = opens.acquire().await;
            start.add(&format!("start:{name}"));
            match self.fails {
                true => Err(Error::new("no broker")),
                false => Ok(()),
            }
        });
        let (claims, failures, work) = (self.claimed.clone(), self.failures, log.clone());
        hooks.background("consumer", move |mut stopping, _clock| {
            let (claims, failures, work) = (claims.clone(), failures.clone(), work.clone());
            async move {
                match failures.load(SeqCst) {
                    0 => {}
                    left => {
                        failures.store(left - 1, SeqCst);
                        assert!(left != 1, "the consumer panics");
                        return Err(Error::new("the broker closed the connection"));
                    }
                }
                loop {
                    tokio::select! {
                        biased;
                        () = &mut stopping => break,
                        () = tokio::time::sleep(millis(1)) => drop(claims.fetch_add(1, SeqCst)),
                    }
                }
                work.add(&format!("drained:{name}"));
                Ok(())
            }
        });
        let begins = log.clone();
        hooks.on_stop_begin(secs(1), async move {
            begins.add(&format!("begins:{name}"));
            Ok(())
        });
        let closes = log.clone();
        hooks.on_close(secs(1), async move {
            closes.add(&format!("close:{name}"));
            Ok(())
        });
        let claimed = self.claimed.clone();
        let gauge = Gauge::new(
            "queue_claimed",
            "jobs",
            "The jobs that were claimed.",
            move || f64::from(claimed.load(SeqCst)),
        );
        hooks.gauge(gauge.label("queue", name));
        hooks.row("consumer", move || format!("of {name}"));
        hooks.page("Jobs", || "<p>none</p>".to_owned());
        let command = log.clone();
        hooks.command(name, "Lists the jobs.", move |arguments| async move {
            command.add(&format!("run:{}", arguments.join(",")));
            match arguments.is_empty() {
                true => Err(Error::new("no list")),
                false => Ok(()),
            }
        });
    }
}

#[tokio::test]
async fn start_hooks_run_before_the_port_answers() {
    let ((listener, addr), log) = (bound().await, Log::default());
    let mut toy = Toy::new("jobs", &log);
    toy.opens = Arc::new(Semaphore::new(0));
    let (opens, answered) = (toy.opens.clone(), Arc::new(AtomicBool::new(false)));
    let server = Server::start(|serve| serve.listen(listener).install(toy));
    let stream = connect(addr).await;
    let done = answered.clone();
    let asking = tokio::spawn(async move {
        let text = ask(stream, b"", "/ping").await;
        done.store(true, SeqCst);
        text
    });
    tokio::time::sleep(millis(50)).await;
    assert!(!answered.load(SeqCst), "it waits for the hook");
    assert_eq!(log.text(), "");
    opens.add_permits(1);
    assert_eq!(asking.await.expect("no panic"), "pong");
    assert_eq!(log.text(), "start:jobs");
    server.stop().await.expect("it served");
}

#[tokio::test]
async fn batteries_are_closed_in_reverse_order() {
    let ((listener, addr), log) = (bound().await, Log::default());
    let (pool, jobs) = (Toy::new("pool", &log), Toy::new("jobs", &log));
    let stopped = log.clone();
    let server = Server::start(|serve| {
        let serve = serve.listen(listener).install(pool).install(jobs);
        serve.on_stop("app", secs(1), async move {
            stopped.add("stop:app");
            Ok(())
        })
    });
    assert_eq!(ask(connect(addr).await, b"", "/ping").await, "pong");
    server.stop().await.expect("it served");
    let text = log.text();
    assert!(text.starts_with("start:pool start:jobs "), "{text}");
    assert!(text.ends_with(" stop:app close:jobs close:pool"), "{text}");
    for event in ["begins:pool", "begins:jobs", "drained:pool", "drained:jobs"] {
        assert!(text.contains(event), "{text}");
    }
}

#[tokio::test]
async fn background_work_learns_that_a_stop_begins() {
    let ((listener, addr), log) = (bound().await, Log::default());
    let toy = Toy::new("jobs", &log);
    let claimed = toy.claimed.clone();
    let serving = server(Api)
        .listen(listener)
        .config(Config::default().shutdown_delay(PATIENCE))
        .install(toy);
    let server = Server::of(serving);
    until("it claims", async || claimed.load(SeqCst) > 0).await;
    let _ = server.stop.send(());
    until("it stops claiming", async || log.text().contains("drained")).await;
    // The server still accepts: the delay has not passed.
    let after = claimed.load(SeqCst);
    assert_eq!(ask(connect(addr).await, b"", "/ping").await, "pong");
    assert_eq!(claimed.load(SeqCst), after);
    assert!(!log.text().contains("close"), "{}", log.text());
    server.task.abort();
}

#[tokio::test]
async fn failing_background_work_begins_again() {
    let ((listener, addr), log) = (bound().await, Log::default());
    let toy = Toy::new("jobs", &log);
    toy.failures.store(2, SeqCst);
    let claimed = toy.claimed.clone();
    let server = Server::start(|serve| serve.listen(listener).install(toy));
    let mut seen = String::new();
    until("it is not ready", async || {
        seen = ask(connect(addr).await, b"", "/readyz").await;
        seen.contains("not ready")
    })
    .await;
    assert!(seen.contains("\"jobs: consumer\":"), "{seen}");
    until("it claims", async || claimed.load(SeqCst) > 0).await;
    until("it is ready", async || {
        let text = ask(connect(addr).await, b"", "/readyz").await;
        text.contains("\"status\":\"ready\"")
    })
    .await;
    server.stop().await.expect("it served");
}

#[tokio::test]
async fn a_failed_start_closes_the_batteries() {
    let ((listener, _), log) = (bound().await, Log::default());
    let (pool, mut jobs) = (Toy::new("pool", &log), Toy::new("jobs", &log));
    jobs.fails = true;
    let server = Server::start(|serve| serve.listen(listener).install(pool).install(jobs));
    let error = server.ended().await.expect_err("it fails");
    let text = format!("{error:?}");
    assert!(text.contains("the start hook `jobs` failed"), "{text}");
    assert_eq!(log.text(), "start:pool start:jobs close:jobs close:pool");
}

#[tokio::test]
async fn a_stop_during_the_start_closes_the_batteries() {
    let ((listener, _), log) = (bound().await, Log::default());
    let mut toy = Toy::new("jobs", &log);
    toy.opens = Arc::new(Semaphore::new(0));
    let server = Server::start(|serve| serve.listen(listener).install(toy));
    server.stop().await.expect("it is no failure");
    assert_eq!(log.text(), "close:jobs");
}

#[tokio::test]
async fn background_work_is_dropped_at_the_end_of_the_shutdown() {
    let ((listener, addr), log) = (bound().await, Log::default());

    struct Stuck(Log);

    impl Battery for Stuck {
        fn name(&self) -> String {
            "stuck".to_owned()
        }

        fn install(self, hooks: &mut Hooks<'_>) {
            hooks.background("work", |_, _| std::future::pending());
            hooks.on_close(secs(1), async move {
                self.0.add("close");
                Ok(())
            });
        }
    }

    let requests = Arc::new(Notify::new());
    let stop = requests.clone();
    let serving = server(Api)
        .listen(listener)
        .quiet()
        .install(Stuck(log.clone()));
    let serving = serving.config(Config::default().shutdown_timeout(millis(50)));
    let task = tokio::spawn(serving.stop(async move { stop.notified().await }));
    assert_eq!(ask(connect(addr).await, b"", "/ping").await, "pong");
    requests.notify_one();
    // The work is dropped when the time of the shutdown is over.
    task.await.expect("no panic").expect("it served");
    assert_eq!(log.text(), "close");
}

#[tokio::test]
async fn gauges_and_rows_are_in_the_registry() {
    let ((listener, _), log) = (bound().await, Log::default());
    let toy = Toy::new("jobs", &log);
    let (claimed, registry) = (toy.claimed.clone(), toy.registry.clone());
    let server = Server::start(|serve| {
        let serve = serve.listen(listener).install(toy);
        serve.install(Toy::new("mails", &log))
    });
    until("it claims", async || claimed.load(SeqCst) > 0).await;
    let registry = registry
        .lock()
        .expect("no panic")
        .clone()
        .expect("it is installed");
    let gauges = registry.gauges();
    let names: Vec<_> = gauges
        .iter()
        .map(|gauge| (gauge.name(), gauge.labels()[0].1.as_str()))
        .collect();
    // The server adds one for each check.
    let own = [("queue_claimed", "jobs"), ("queue_claimed", "mails")];
    assert_eq!((&names[..2], names.len()), (&own[..], 4));
    assert!(gauges[0].read() > 0.0);
    let rows: Vec<_> = registry.rows().iter().map(|row| row.text()).collect();
    assert_eq!(rows, ["of jobs", "of mails"]);
    let page = &registry.pages()[0];
    assert_eq!(
        (page.battery(), page.title(), page.text().as_str()),
        ("jobs", "Jobs", "<p>none</p>")
    );
    server.stop().await.expect("it served");
}

/// Runs the program with these arguments, and returns the message of the error and the events.
async fn run(
    arguments: &[&str],
    change: impl FnOnce(Serve<Api>, &Log) -> Serve<Api>,
) -> (String, String) {
    let log = Log::default();
    let serving = change(server(Api), &log)
        .quiet()
        .arguments(arguments.iter().copied());
    let done = serving.await;
    let error = done.err().map(|error| format!("{error:?}"));
    (error.unwrap_or_default(), log.text())
}

#[tokio::test]
async fn a_command_runs_in_place_of_the_server() {
    let jobs = |serve: Serve<Api>, log: &Log| serve.install(Toy::new("jobs", log));
    let (error, events) = run(&["jobs", "list", "all"], jobs).await;
    assert_eq!(
        (error.as_str(), events.as_str()),
        ("", "start:jobs run:list,all close:jobs")
    );
    let (error, events) = run(&["jobs"], jobs).await;
    assert!(
        error.contains("the command `jobs` failed") && error.contains("no list"),
        "{error}"
    );
    assert_eq!(events, "start:jobs run: close:jobs");
    let (error, events) = run(&["help"], jobs).await;
    assert_eq!((error.as_str(), events.as_str()), ("", ""));
    let (error, events) = run(&["job"], jobs).await;
    let expected =
        "`job` is not a command: write `jobs` or `help`, or no argument to serve the app";
    assert!(error.contains(expected), "{error}");
    assert_eq!(events, "");
}

/// A battery with a command for its background work.
struct Worker(Log);

impl Battery for Worker {
    fn name(&self) -> String {
        "worker".to_owned()
    }

    fn install(self, hooks: &mut Hooks<'_>) {
        hooks.background_command("worker", "Runs the jobs.", move || self.0.add("selected"));
    }
}

#[tokio::test]
async fn a_background_command_runs_all_background_work_until_the_stop() {
    let log = Log::default();
    let (toy, worker) = (Toy::new("jobs", &log), Worker(log.clone()));
    let claimed = toy.claimed.clone();
    let server = Server::start(|serve| serve.install(toy).install(worker).arguments(["worker"]));
    until("it works", async || claimed.load(SeqCst) > 3).await;
    server.stop().await.expect("it ran");
    let events = log.text();
    assert!(events.starts_with("selected start:jobs "), "{events}");
    assert!(
        events.contains("drained:jobs") && events.contains("begins:jobs"),
        "{events}"
    );
    assert!(events.ends_with("close:jobs"), "{events}");

    let run_it = |serve: Serve<Api>, log: &Log| serve.install(Worker(log.clone()));
    let (error, events) = run(&["worker", "now"], run_it).await;
    assert!(
        error.contains("has no arguments: leave `now` out"),
        "{error}"
    );
    assert_eq!(events, "");
}

#[tokio::test]
async fn two_of_one_name_are_an_error_at_the_start() {
    let twice = |serve: Serve<Api>, log: &Log| {
        serve
            .install(Toy::new("jobs", log))
            .install(Toy::new("jobs", log))
    };
    let (error, _) = run(&[], twice).await;
    let expected = "the batteries `jobs` and `jobs` both register the gauge `queue_claimed`";
    assert!(error.contains(expected), "{error}");
}
