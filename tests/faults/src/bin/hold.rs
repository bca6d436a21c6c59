//! Starts PostgreSQL or Redis, prints its directory and its processes, and waits. A test kills this program, and checks
//! what is left.

use std::env;
use std::future;

use highball_faults::Server;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let builder = match env::args().nth(1).as_deref() {
        Some("postgres") => Server::postgres(),
        _ => Server::redis(),
    };
    let server = builder.start().await;
    let server = server.unwrap_or_else(|missing| panic!("{missing}"));
    println!("{}", server.directory().display());
    println!("{:?}", server.processes().await);
    future::pending::<()>().await;
}
