//! A server with a supervisor, and with actions that alerts begin. The tests start it.

use highball::{prelude::*, tokio};
use highball_recovery::Supervisor;

/// Responds with the number of the process, after a moment in which it may end.
#[get("/pid")]
async fn pid() -> String {
    tokio::time::sleep(millis(5)).await;
    std::process::id().to_string()
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
struct Api(pid, wedge, exit, highball::serve::readyz);

/// The routes for operators.
#[routes(admin)]
struct Operators(highball::serve::livez, highball::serve::readyz);

#[highball::main]
async fn main() -> highball::Result {
    let arguments = std::env::args().skip(1);
    highball::serve(Api)
        .admin(Operators)
        .install(Supervisor)
        .arguments(arguments)
        .await
}
