//! Compares the first and the thousandth request of a route: with a connection for each request, with a pool, with a
//! pool that is open before the first request, and with statements that are prepared ahead.
//!
//! ```sh
//! HIGHBALL_TEST_POSTGRES=postgres://.. cargo bench -p highball-db --features postgres --bench first_request
//! ```
//!
//! The times are medians of 41 runs, in microseconds. Each run has a new pool and sends 1,000 requests, one after
//! another, in the process. The CPU time is that of the thread which runs the app, without the server's.

#[cfg(feature = "postgres")]
mod measure {
    use std::time::{Duration, Instant};

    use highball::{
        prelude::*,
        testing::TestSession,
        tokio::{runtime, task::LocalSet},
    };
    use highball_db::{
        Builder, Conn, Pool, Postgres, database,
        sqlx::{self, ConnectOptions, PgConnection, postgres::PgConnectOptions},
    };

    const RUNS: usize = 41;
    const REQUESTS: usize = 1000;

    /// A query whose plan costs as much as that of a small report.
    const REPORT: &str = "
        SELECT count(*) FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
        JOIN pg_type t ON t.oid = a.atttypid
        WHERE c.oid = $1::bigint::oid AND n.nspname <> 'none' AND t.typname <> 'none'";

    database!(Main: Postgres);

    struct Options(PgConnectOptions);

    /// Sets the options of a pool.
    type Change = fn(Builder<Main>) -> Builder<Main>;

    #[derive(State)]
    struct AppState {
        options: Options,
        pool: Pool<Main>,
    }

    #[get("/pooled")]
    async fn pooled(mut conn: Conn<'_, Main>) -> highball::Result<Json<i64>> {
        Ok(Json(report(&mut conn).await?))
    }

    #[get("/alone")]
    async fn alone(options: State<Options>) -> highball::Result<Json<i64>> {
        let mut conn = options.0.connect().await?;
        let count = report(&mut conn).await?;
        sqlx::Connection::close(conn).await?;
        Ok(Json(count))
    }

    #[routes(app)]
    struct Api(pooled, alone);

    async fn report(conn: &mut PgConnection) -> sqlx::Result<i64> {
        // `pg_class` itself.
        sqlx::query_scalar(REPORT)
            .bind(1259_i64)
            .fetch_one(conn)
            .await
    }

    /// The time and the CPU time of a request.
    type Cost = (Duration, Duration);

    /// Sends the requests, and returns the costs of the first one and of the last one.
    async fn send(
        builder: Builder<Main>,
        options: &PgConnectOptions,
        path: &str,
        opens: bool,
    ) -> [Cost; 2] {
        let pool = builder.build();
        if opens {
            pool.open().await.expect("an open pool");
        }
        let options = Options(options.clone());
        let state = AppState {
            options,
            pool: pool.clone(),
        };
        let session = Api.test().state(state).start();
        // The first request of the app without the database.
        session.get("/none").send().await;
        let first = request(&session, path).await;
        for _ in 2..REQUESTS {
            request(&session, path).await;
        }
        let last = request(&session, path).await;
        pool.close().await;
        [first, last]
    }

    async fn request(session: &TestSession<Api>, path: &str) -> Cost {
        let (start, cpu) = (Instant::now(), cpu_time());
        let response = session.get(path).send().await;
        let cost = (start.elapsed(), cpu_time().saturating_sub(cpu));
        assert_eq!(response.status(), 200, "{}", response.text());
        cost
    }

    /// Returns the CPU time of this thread.
    fn cpu_time() -> Duration {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
        let nanos = text.split(' ').next().and_then(|text| text.parse().ok());
        Duration::from_nanos(nanos.unwrap_or_default())
    }

    fn median(costs: &[Cost]) -> (u128, u128) {
        let of = |part: fn(&Cost) -> Duration| {
            let mut times: Vec<_> = costs.iter().map(part).collect();
            times.sort();
            times[times.len() / 2].as_micros()
        };
        (of(|cost| cost.0), of(|cost| cost.1))
    }

    fn prepared(builder: Builder<Main>) -> Builder<Main> {
        builder.on_connect(|conn| {
            Box::pin(async move {
                report(conn).await?;
                Ok(())
            })
        })
    }

    pub(super) fn run(url: &str) {
        let options: PgConnectOptions = url.parse().expect("a URL");
        let runtime = runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("a runtime");
        println!("| | first, µs | its CPU | thousandth, µs | its CPU |\n|---|---|---|---|---|");
        let rows: [(&str, &str, bool, Change); 4] = [
            (
                "a connection for each request",
                "/alone",
                false,
                |builder| builder,
            ),
            (
                "a pool that opens when it is used",
                "/pooled",
                false,
                |builder| builder,
            ),
            (
                "a pool that is open before the first request",
                "/pooled",
                true,
                |builder| builder,
            ),
            (
                "the same with a prepared statement",
                "/pooled",
                true,
                prepared,
            ),
        ];
        let mut costs = rows.map(|_| (Vec::new(), Vec::new()));
        // The runs alternate, so that a disturbance of the machine hits all rows.
        for _ in 0..RUNS {
            for ((_, path, opens, change), costs) in rows.iter().zip(&mut costs) {
                let builder = change(Pool::builder(options.clone()));
                let sending = send(builder, &options, path, *opens);
                let [first, last] = LocalSet::new().block_on(&runtime, sending);
                costs.0.push(first);
                costs.1.push(last);
            }
        }
        for ((name, ..), (first, last)) in rows.iter().zip(&costs) {
            let ((first, cpu), (last, last_cpu)) = (median(first), median(last));
            println!("| {name} | {first} | {cpu} | {last} | {last_cpu} |");
        }
    }
}

fn main() {
    #[cfg(feature = "postgres")]
    if let Ok(url) = std::env::var("HIGHBALL_TEST_POSTGRES") {
        return measure::run(&url);
    }
    println!(
        "left out: enable the feature `postgres`, and set HIGHBALL_TEST_POSTGRES to the URL of a server"
    );
}
