//! A process that holds the listening sockets, and starts the program again when it ends.

mod backoff;
mod child;
mod signals;

use std::{env, process, time::Instant};

use highball::{
    Result,
    battery::{Battery, Gauge, Hooks, Launch},
};

use self::{
    backoff::Backoff,
    child::{Child, End},
    signals::{Signal, Signals},
};

/// The variable that has the number of restarts, in the environment of the child process.
const RESTARTS: &str = "SUPERVISOR_RESTARTS";
/// The variable that is set for a child process that has ended too often.
const FLAPPING: &str = "SUPERVISOR_FLAPPING";
/// The exit code if the supervisor is stopped while the program ends too often: `EX_UNAVAILABLE` of `sysexits.h`.
const EXIT_FLAPPING: i32 = 69;

/// The battery with the command `supervise`: `shop supervise` holds the listening sockets, and runs `shop` as a child
/// process that serves on them.
///
/// Use it in containers and on machines without systemd. If the child process ends, also by `kill -9`, clients wait
/// until the next one serves, and none is refused. The supervisor starts it at once, then after 100 ms, 200 ms and so
/// on; after more than 5 ends in 5 minutes it starts it once a minute, until it has run for 5 minutes.
///
/// SIGTERM and SIGINT are passed on, and the supervisor ends with the exit code of the child process. At SIGHUP the
/// child process stops as at SIGTERM, and the program at the same path starts: a newer one, if it was replaced. As
/// process 1 of a container, the supervisor also removes the processes that others have left behind.
///
/// The app passes on its arguments by [`arguments`](highball::serve::Serve::arguments), and has its addresses from the
/// settings. A process that serves without the command is not changed.
///
/// # Examples
/// ```no_run
/// use highball::prelude::*;
/// use highball_recovery::Supervisor;
///
/// #[get("/")]
/// async fn home() -> &'static str {
///     "home"
/// }
///
/// #[routes(app)]
/// struct Api(home);
///
/// #[highball::main]
/// async fn main() -> highball::Result {
///     highball::serve(Api).install(Supervisor).arguments(std::env::args().skip(1)).await
/// }
/// ```
///
/// # Errors
/// `supervise` fails if an address cannot be bound or the program cannot be started. It ends with exit code 69 if it is
/// stopped while the program ends too often, and with 128 and the number of the signal if one has ended the child.
#[derive(Debug, Clone, Copy)]
pub struct Supervisor;

impl Battery for Supervisor {
    fn name(&self) -> String {
        "supervisor".to_owned()
    }

    fn install(self, hooks: &mut Hooks<'_>) {
        if let Some(restarts) = number(RESTARTS) {
            let help = "The restarts of the program by its supervisor.";
            hooks.gauge(Gauge::new(
                "highball_supervisor_restarts",
                "",
                help,
                move || restarts,
            ));
            let (name, flapping) = ("highball_supervisor_flapping", number(FLAPPING));
            let help = "1 if the program has ended so often that its supervisor waits for a minute each time.";
            hooks.gauge(Gauge::new(name, "", help, move || {
                flapping.unwrap_or_default()
            }));
        }
        let about = "Serves the app by a child process, and starts it again when it ends.";
        hooks.launcher("supervise", about, supervise);
    }
}

/// Returns whether the process has a supervisor that starts it again.
pub(crate) fn is_supervised() -> bool {
    let variables = [RESTARTS, "INVOCATION_ID", "KUBERNETES_SERVICE_HOST"];
    variables
        .iter()
        .any(|variable| env::var_os(variable).is_some())
}

fn number(variable: &str) -> Option<f64> {
    env::var(variable).ok()?.parse().ok()
}

async fn supervise(launch: Launch) -> Result {
    let end = run(&launch).await?;
    // It removes the files of unix sockets, which `exit` would leave.
    drop(launch);
    match end {
        0 => Ok(()),
        code => process::exit(code),
    }
}

/// Runs the program until the supervisor is stopped. Returns the exit code.
async fn run(launch: &Launch) -> Result<i32> {
    let mut signals = Signals::install()?;
    // The path, and not the file: the program may be replaced.
    let program = env::current_exe()?;
    let mut backoff = Backoff::default();
    for restarts in 0_u64.. {
        let begun = Instant::now();
        let child = Child::start(&program, launch, restarts, backoff.is_flapping())?;
        let (pid, addresses) = (child.pid(), launch.addresses().join(", "));
        eprintln!("supervisor: process {pid} serves on {addresses}");
        let End { by, wish } = child.wait(&mut signals).await?;
        match wish {
            Some(Signal::Terminate | Signal::Interrupt) => return Ok(by.exit_code()),
            Some(Signal::Renew) => {
                eprintln!("supervisor: process {pid} has ended with {by}, as SIGHUP has requested");
                continue;
            }
            Some(Signal::Child) | None => {}
        }
        let was_flapping = backoff.is_flapping();
        let pause = backoff.ended(Instant::now(), begun.elapsed());
        let next = match pause.is_zero() {
            true => "now".to_owned(),
            false => format!("in {pause:?}"),
        };
        eprintln!("supervisor: process {pid} has ended with {by}; the next one starts {next}");
        if backoff.is_flapping() && !was_flapping {
            eprintln!("supervisor: {}", backoff::FLAPS);
        }
        if signals.is_stopped_within(pause).await {
            let code = match backoff.is_flapping() {
                true => EXIT_FLAPPING,
                false => by.exit_code(),
            };
            return Ok(code);
        }
    }
    Ok(0)
}
