//! Profiles of a process that panics and has many connections.

mod common;

use std::panic;

use common::{Running, burn, rounds_of_a_millisecond};
use highball::prelude::*;
use highball_profile::{Profiler, Profiles};
use tokio::net::TcpStream;

const CONNECTIONS: usize = 1000;

#[get("/panic")]
async fn panics() -> String {
    burn(rounds_of_a_millisecond());
    panic!("a mistake");
}

#[get("/allocate")]
async fn allocates() -> String {
    let parts = (0..1000_usize).map(|number| "x".repeat(number));
    parts.collect::<Vec<_>>().concat().len().to_string()
}

#[routes(app, admin = exposed("a test"))]
struct Api(panics, allocates, Profiles);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_profiles_of_a_storm_crash_nothing() {
    panic::set_hook(Box::new(|_| {}));
    rounds_of_a_millisecond();
    let running = Running::start(highball::serve(Api).install(Profiler)).await;
    let mut idle = Vec::new();
    for _ in 0..CONNECTIONS {
        idle.push(TcpStream::connect(running.addr).await.expect("it accepts"));
    }
    let loads = [&["/panic"], &["/allocate"], &["/panic"]].map(|paths| running.load(paths));
    for round in 0..20 {
        let reply = running.get("/debug/pprof/profile?seconds=1&hz=499").await;
        assert_eq!(reply.status, 200, "{round}: {}", reply.head);
        let profile = reply.profile();
        let samples: i64 = profile.samples().iter().map(|(_, count)| count).sum();
        assert!(samples > 0, "{round}");
    }
    assert_eq!(running.get("/panic").await.status, 500);
    for load in loads {
        load.abort();
    }
    drop(idle);
    running.stop().await;
}
