//! A PostgreSQL server that restarts, and clients that leave while connections are opened.
#![cfg(feature = "postgres")]

mod cached;
#[path = "../kit/mod.rs"]
mod kit;
mod late;
mod leave;
mod restart;

use std::time::Duration;

use highball::prelude::*;
use highball_db::{
    Conn, Pool, Postgres, database,
    sqlx::{self, postgres::PgConnectOptions},
};
use highball_faults::{Proxy, Server};

database!(Main: Postgres);

const CONNECTIONS: usize = 5;

#[derive(State)]
struct AppState {
    pool: Pool<Main>,
}

#[get("/work")]
async fn work(mut conn: Conn<'_, Main>) -> highball::Result {
    sqlx::query("SELECT pg_sleep(0.01)")
        .execute(&mut *conn)
        .await?;
    Ok(())
}

#[routes(app)]
struct Api(work, highball::serve::livez, highball::serve::readyz);

/// Returns the options of a server behind a proxy.
fn options(server: &Server, proxy: &Proxy) -> PgConnectOptions {
    server.url_at(proxy.addr()).parse().expect("a URL")
}

/// Returns a proxy whose connects take this long.
fn slow_connects(server: &Server, connect: Duration) -> Proxy {
    let proxy = Proxy::start(server.addr());
    proxy.delay(connect, Duration::ZERO);
    proxy
}
