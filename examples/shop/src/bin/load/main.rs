//! Measures the latency of orders while many reports are requested, with and without priorities.
//!
//! ```sh
//! cargo run -p shop --release --bin load > /dev/null
//! ```
//!
//! The reports read a history of 100,000 orders. First it measures how many of them the database can make in a second.
//! A rush requests twice as many. The results are printed to standard error, and the log of the shop to standard
//! output. The database is a temporary file or, with the feature `postgres`, a schema in that of `DATABASE_URL`.

mod client;
mod equal;

use std::{
    env,
    future::IntoFuture,
    sync::Arc,
    time::{Duration, Instant},
};

use highball::{
    json,
    tokio::{self, net::TcpListener, time::sleep},
};
use highball_db::Pool;
use shop::{
    Api, AppState, Role, User, add_accounts, capacity, database,
    database::Shop,
    sales,
    scratch::{HISTORY, Scratch},
};

use self::{client::Client, equal::Equal};

/// The duration of a measurement.
const RUSH: Duration = Duration::from_secs(5);

/// The interval of orders.
const ORDERS: Duration = Duration::from_millis(25);

#[highball::main]
async fn main() -> highball::Result {
    let scratch = Scratch::new("load", &env::var("DATABASE_URL").unwrap_or_default()).await?;
    let shop = database::build(scratch.builder());
    shop.open().await?;
    add_accounts(shop.clone()).await?;
    sqlx::query(HISTORY)
        .execute(&mut *shop.acquire().await?)
        .await?;
    let reports = reports_in_a_second(&shop).await?;
    eprintln!(
        "the database makes {reports:.0} reports a second; a rush requests {:.0}",
        2.0 * reports
    );
    let every = Some(Duration::from_secs_f64(0.5 / reports));
    let ranked = |state, listener| {
        let server = highball::serve(Api).state(state).capacity(capacity());
        server.listen(listener).quiet().into_future()
    };
    let equal = |state, listener| {
        let server = highball::serve(Equal).state(state);
        server.listen(listener).quiet().into_future()
    };
    let rows = [
        rush("without a rush", &shop, ranked, None).await?,
        rush("in a rush, with priorities", &shop, ranked, every).await?,
        rush("in a rush, without", &shop, equal, every).await?,
    ];
    print(&rows);
    Ok(())
}

/// Returns how many reports the database makes in a second, on all connections of the pool.
async fn reports_in_a_second(shop: &Pool<Shop>) -> highball::Result<f64> {
    let start = Instant::now();
    let one_connection = async || {
        let mut conn = shop.acquire().await?;
        let mut reports = 0.0;
        while start.elapsed() < Duration::from_secs(2) {
            sales(&mut conn).await?;
            reports += 1.0;
        }
        highball::Result::Ok(reports)
    };
    let (a, b, c, d) = tokio::try_join!(
        one_connection(),
        one_connection(),
        one_connection(),
        one_connection()
    )?;
    Ok((a + b + c + d) / start.elapsed().as_secs_f64())
}

/// Sends orders, and reports at the given interval.
async fn rush<F>(
    name: &'static str,
    shop: &Pool<Shop>,
    serve: impl FnOnce(AppState, TcpListener) -> F,
    report_every: Option<Duration>,
) -> highball::Result<Row>
where
    F: Future<Output = highball::Result> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let client = Arc::new(Client::new(listener.local_addr()?));
    let state = AppState::new(shop.clone());
    let order = order(&log_in(&state, "zoe", Role::Customer).await?);
    let report = report(&log_in(&state, "carl", Role::Clerk).await?);
    let server = tokio::spawn(serve(state, listener));
    let reports = async {
        if let Some(every) = report_every {
            send(&client, &report, every).await;
        }
    };
    let (answers, ()) = tokio::join!(send(&client, &order, ORDERS), reports);
    server.abort();
    row(name, &answers)
}

/// Begins a session, and returns its cookie.
async fn log_in(state: &AppState, name: &str, role: Role) -> highball::Result<String> {
    let name = name.to_owned();
    let visitor = state.sessions.visitor().logged_in(User { name, role });
    let (name, value) = visitor.cookie().await?;
    Ok(format!("{name}={value}"))
}

fn order(cookie: &str) -> String {
    let wish = json!({ "product": 1 }).to_string();
    format!(
        "POST /orders HTTP/1.1\r\nhost: shop\r\ncookie: {cookie}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{wish}",
        wish.len()
    )
}

fn report(cookie: &str) -> String {
    format!("GET /office/report HTTP/1.1\r\nhost: shop\r\ncookie: {cookie}\r\n\r\n")
}

/// The result of a measurement.
struct Row {
    name: &'static str,
    sent: usize,
    rejected: usize,
    /// The latencies of the successful orders, from the shortest to the longest.
    took: Vec<Duration>,
}

impl Row {
    /// Returns the time that this percentage of the successful orders did not exceed.
    fn percentile(&self, percent: usize) -> Duration {
        let n = self.took.len() * percent / 100;
        self.took.get(n).copied().unwrap_or_default()
    }
}

fn row(name: &'static str, answers: &[Answer]) -> highball::Result<Row> {
    let with = |status| answers.iter().filter(move |answer| answer.status == status);
    let mut took: Vec<_> = with(201).map(|answer| answer.took).collect();
    if took.is_empty() {
        return Err(highball::Error::new("no order was successful"));
    }
    took.sort();
    let (sent, rejected) = (answers.len(), with(503).count());
    Ok(Row {
        name,
        sent,
        rejected,
        took,
    })
}

/// Prints the table, after the log of the rejected requests.
fn print(rows: &[Row; 3]) {
    eprintln!("orders, 40 a second:                 sent   201   503     p50     p99");
    for row in rows {
        let Row {
            name,
            sent,
            rejected,
            took,
        } = row;
        let (p50, p99) = (row.percentile(50), row.percentile(99));
        let made = took.len();
        eprintln!("  {name:<33}{sent:>6}{made:>6}{rejected:>6}{p50:>8.0?}{p99:>8.0?}");
    }
    let [quiet, guarded, unguarded] = rows.each_ref().map(|row| row.percentile(99).as_secs_f64());
    let (guarded, unguarded) = (guarded / quiet, unguarded / quiet);
    eprintln!(
        "the p99 in a rush is {guarded:.1} times that without one, and {unguarded:.0} times without priorities"
    );
}

/// A response and its latency.
struct Answer {
    status: u16,
    took: Duration,
}

/// Sends a request at a fixed interval, without waiting for the responses.
async fn send(client: &Arc<Client>, request: &str, every: Duration) -> Vec<Answer> {
    let start = Instant::now();
    let mut sent = Vec::new();
    let mut next = start;
    while start.elapsed() < RUSH {
        let (client, request) = (Arc::clone(client), request.to_owned());
        sent.push(tokio::spawn(async move {
            let start = Instant::now();
            let status = client.ask(&request).await?;
            let took = start.elapsed();
            highball::Result::Ok(Answer { status, took })
        }));
        next += every;
        sleep(next.saturating_duration_since(Instant::now())).await;
    }
    let mut answers = Vec::new();
    for answer in sent {
        answers.extend(answer.await.ok().and_then(Result::ok));
    }
    answers
}
