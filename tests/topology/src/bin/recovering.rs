//! A server with a supervisor, and with actions that alerts begin. The tests start it.

use std::env;

use highball::{prelude::*, tokio};
use highball_metrics::Exporter;
use highball_recovery::{
    FileLock, Hook, Recovery, Supervisor, drain, restart, restart_first, scale, shed_background,
};

/// The secret of the webhook.
const TOKEN: &str = "the-token-of-the-test";

/// The state of the app.
#[derive(Debug, State)]
struct AppState {
    exporter: Exporter,
    recovery: Recovery,
}

/// Responds with the number of the process, after a moment in which it may end.
#[get("/pid")]
async fn pid() -> String {
    tokio::time::sleep(millis(5)).await;
    std::process::id().to_string()
}

/// A request that is shed.
#[get("/export", priority = background)]
async fn export() -> &'static str {
    "exported"
}

/// Blocks its thread for ever.
#[get("/wedge")]
async fn wedge() {
    #[expect(clippy::empty_loop, reason = "the mistake that a test is about")]
    loop {}
}

/// Ends the process.
#[get("/exit/{code}")]
async fn exit(code: u8) {
    std::process::exit(code.into());
}

/// The routes for clients.
#[routes(app)]
struct Api(pid, export, wedge, exit, highball::serve::readyz);

/// The routes for operators.
#[routes(admin)]
struct Operators(
    highball::serve::livez,
    highball::serve::readyz,
    highball_metrics::metrics,
    highball_recovery::alerts,
    highball_recovery::decisions,
);

#[highball::main]
async fn main() -> highball::Result {
    let variable = |name: &str, default: &str| env::var(name).unwrap_or_else(|_| default.into());
    let more = Hook::new(variable("SCALE", "true"))
        .arg("one")
        .label("zone");
    let recovery = Recovery::at("recovery.json")
        .token(TOKEN)
        .lock(FileLock::at(variable("LOCK", "recovery.lock")))
        .settle(secs(variable("SETTLE", "1").parse()?))
        .known(["slow", "sick", "leak", "full"])
        .on("slow", shed_background().then(restart()).cooldown(secs(0)))
        .on("sick", drain().cooldown(secs(0)))
        .on(
            "leak",
            restart_first("a test")
                .cooldown(secs(0))
                .at_most(1, hours(1)),
        )
        .on("full", scale(more).cooldown(secs(0)).at_most(1, hours(1)));
    let recovery = match env::var_os("DRY_RUN") {
        Some(_) => recovery.dry_run(),
        None => recovery,
    };
    let (recovery, exporter) = (recovery.build()?, Exporter::new());
    let state = AppState {
        exporter: exporter.clone(),
        recovery: recovery.clone(),
    };
    let starting = millis(variable("STARTING_MS", "0").parse()?);
    highball::serve(Api)
        .on_start("slow", secs(60), async move {
            tokio::time::sleep(starting).await;
            Ok(())
        })
        .state(state)
        .admin(Operators)
        .install(exporter)
        .install(recovery)
        .install(Supervisor)
        .arguments(env::args().skip(1))
        .await
}
