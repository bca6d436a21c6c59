//! Measures orders whose work is done by consumers next to orders that do it in the handler.
//!
//! ```sh
//! cargo bench -p orders --bench figures
//! ```
//!
//! The table is printed to standard output. The database is a temporary file or, with the feature `postgres`, a schema
//! of the server of the tests. The mail server takes 20 ms for each mail.

mod client;
mod direct;
mod load;
#[path = "../../tests/scratch/mod.rs"]
mod scratch;

use std::{
    future::IntoFuture,
    net::SocketAddr,
    time::{Duration, Instant},
};

use highball::{
    Error,
    tokio::{self, net::TcpListener, task::JoinHandle, time::sleep},
};
use highball_db::Pool;
use orders::{Api, AppState, Mailer, Sink, database, database::Shop};

use self::{
    direct::Direct,
    load::{Seen, load},
    scratch::Scratch,
};

/// The duration of a measurement.
const TIME: Duration = Duration::from_secs(5);

/// How long the mail server takes for a mail.
const MAIL: Duration = Duration::from_millis(20);

/// How the work of an order is done.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Route {
    Outbox,
    Direct,
}

impl Route {
    fn name(self) -> &'static str {
        match self {
            Self::Outbox => "outbox",
            Self::Direct => "in the handler",
        }
    }
}

#[highball::main]
async fn main() -> highball::Result {
    println!(
        "| route | mail server | clients | p50 | p99 | requests/s | statuses | mails after the load |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for is_up in [true, false] {
        for clients in [1, 50] {
            for route in [Route::Outbox, Route::Direct] {
                println!("{}", measure(route, clients, is_up).await?);
            }
        }
    }
    Ok(())
}

/// Returns a line of the table.
async fn measure(route: Route, clients: usize, is_up: bool) -> highball::Result<String> {
    let scratch = Scratch::new().await;
    let scratch = scratch.ok_or_else(|| Error::new("the tests have no PostgreSQL"))?;
    let shop = database::build(scratch.builder());
    shop.open().await?;
    let sink = Sink::start_slow(MAIL).await?;
    if !is_up {
        sink.stop();
    }
    let state = AppState::new(shop.clone(), Mailer::new(sink.address()));
    let (server, address) = serve(route, state).await?;
    let seen = load(address, clients, TIME).await?;
    let rest = rest(&shop, route, is_up).await?;
    server.abort();
    Ok(line(route, clients, is_up, &seen, &rest))
}

/// Serves the app, with a worker if it has jobs.
async fn serve(
    route: Route,
    state: AppState,
) -> highball::Result<(JoinHandle<highball::Result>, SocketAddr)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let shop = state.shop.clone();
    let workers = state.jobs.workers(Api, &state);
    state.jobs.prepare().await?;
    let server = match route {
        Route::Outbox => {
            let server = highball::serve(Api).state(state).install(shop);
            let server = server.install(workers).listen(listener).quiet();
            tokio::spawn(server.into_future())
        }
        Route::Direct => {
            let server = highball::serve(Direct).state(state).install(shop);
            tokio::spawn(server.listen(listener).quiet().into_future())
        }
    };
    // The first connection waits for the start.
    Ok((server, address))
}

/// Waits until all mails are sent, and returns how long that took after how many.
async fn rest(shop: &Pool<Shop>, route: Route, is_up: bool) -> highball::Result<String> {
    let begun = Instant::now();
    let waiting = waiting(shop).await?;
    match (route, is_up) {
        (Route::Direct, true) => return Ok("none".to_owned()),
        (Route::Direct, false) => return Ok("lost".to_owned()),
        (Route::Outbox, false) => return Ok(format!("{waiting} wait")),
        (Route::Outbox, true) => {}
    }
    while self::waiting(shop).await? > 0 {
        sleep(Duration::from_millis(50)).await;
    }
    Ok(format!(
        "{waiting}, sent in {:.1} s",
        begun.elapsed().as_secs_f64()
    ))
}

/// Returns the number of e-mails that are not sent.
async fn waiting(shop: &Pool<Shop>) -> highball::Result<i64> {
    let sql = "SELECT count(*) FROM highball_jobs WHERE name = 'email' AND state < 2";
    let mut conn = shop.acquire().await?;
    let waiting = sqlx::query_scalar(sql).fetch_one(&mut *conn).await?;
    conn.release();
    Ok(waiting)
}

fn line(route: Route, clients: usize, is_up: bool, seen: &Seen, rest: &str) -> String {
    let (p50, p99) = (seen.percentile(50), seen.percentile(99));
    let statuses = seen.statuses.iter();
    let statuses = statuses.map(|(status, count)| format!("{count} x {status}"));
    let statuses = statuses.collect::<Vec<_>>().join(", ");
    format!(
        "| {} | {} | {clients} | {p50:.1} ms | {p99:.1} ms | {:.0} | {statuses} | {rest} |",
        route.name(),
        if is_up { "up" } else { "down" },
        seen.rate(),
    )
}
