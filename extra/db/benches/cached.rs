//! A catalogue in PostgreSQL without a cache, with one in memory, and with a second level in Redis.
//!
//! `HIGHBALL_TEST_POSTGRES=.. HIGHBALL_TEST_REDIS=.. cargo bench -p highball-db --features postgres --bench cached`
//!
//! Requests are sent in the process, without a network, so the server and the clients share the CPU.

#[cfg(feature = "postgres")]
mod measure {
    use std::{
        env, fs,
        sync::{
            Arc,
            atomic::{AtomicU64, Ordering::Relaxed},
        },
        time::{Duration, Instant},
    };

    use highball::{prelude::*, tokio};
    use highball_cache::{
        Redis,
        redis_client::Client,
        responses::{ResponseCache, cached},
    };
    use highball_db::{Conn, Pool, Postgres, database, sqlx};
    use tokio::task::JoinSet;

    database!(Shop: Postgres);

    const PRODUCTS: u64 = 30;
    const RUN: Duration = Duration::from_secs(4);

    /// How often the handlers have run.
    #[derive(Debug, Clone, Default)]
    struct Queries(Arc<AtomicU64>);

    #[derive(Clone, State)]
    struct AppState {
        pool: Pool<Shop>,
        responses: ResponseCache,
        queries: Queries,
    }

    async fn row(
        id: u64,
        conn: &mut Conn<'_, Shop>,
        queries: &Queries,
    ) -> highball::Result<String> {
        queries.0.fetch_add(1, Relaxed);
        let sql = "SELECT 'product ' || $1 || repeat(' described', 40) FROM generate_series(1, 100) LIMIT 1";
        let id = i64::try_from(id)?;
        Ok(sqlx::query_scalar(sql)
            .bind(id)
            .fetch_one(&mut **conn)
            .await?)
    }

    #[get("/plain/{id}")]
    async fn plain(
        id: u64,
        mut conn: Conn<'_, Shop>,
        queries: State<Queries>,
    ) -> highball::Result<String> {
        row(id, &mut conn, &queries).await
    }

    #[get("/cached/{id}", cached(ttl = secs(1), stale = secs(10)))]
    async fn in_cache(
        id: u64,
        mut conn: Conn<'_, Shop>,
        queries: State<Queries>,
    ) -> highball::Result<String> {
        row(id, &mut conn, &queries).await
    }

    #[routes(app)]
    struct Api(plain, in_cache);

    /// Returns the CPU time of the process so far.
    fn cpu() -> Duration {
        let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
        let after = stat.rsplit(')').next().unwrap_or_default();
        let ticks = after
            .split_whitespace()
            .skip(11)
            .take(2)
            .filter_map(|field| field.parse::<u64>().ok());
        Duration::from_millis(10 * ticks.sum::<u64>())
    }

    async fn measure(name: &str, path: &'static str, state: AppState, clients: usize) {
        let session = Arc::new(Api.test().state(state.clone()).start());
        for id in 0..PRODUCTS {
            assert_eq!(
                session.get(&format!("{path}/{id}")).send().await.status(),
                200
            );
        }
        let (begun, cpu_before, queries_before) =
            (Instant::now(), cpu(), state.queries.0.load(Relaxed));
        let mut load = JoinSet::new();
        for client in 0..clients {
            let session = Arc::clone(&session);
            load.spawn(async move {
                let (mut id, mut times) = (client as u64, Vec::new());
                while begun.elapsed() < RUN {
                    id = (id + 7) % PRODUCTS;
                    let sent = Instant::now();
                    let response = session.get(&format!("{path}/{id}")).send().await;
                    assert!(
                        response.text().starts_with(&format!("product {id} ")),
                        "{}",
                        response.status()
                    );
                    times.push(sent.elapsed());
                }
                times
            });
        }
        let mut times = Vec::new();
        while let Some(of_client) = load.join_next().await {
            times.extend(of_client.expect("each response is a product"));
        }
        let took = begun.elapsed().as_secs_f64();
        times.sort_unstable();
        let at =
            |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e6;
        println!(
            "| {name} | {clients} | {:.0} | {:.0} | {:.0} | {:.1} | {:.0} |",
            times.len() as f64 / took,
            at(0.5),
            at(0.99),
            (cpu() - cpu_before).as_secs_f64() * 1e6 / times.len() as f64,
            (state.queries.0.load(Relaxed) - queries_before) as f64 / took,
        );
    }

    pub(super) async fn run() -> highball::Result {
        let (Ok(database), Ok(redis)) = (
            env::var("HIGHBALL_TEST_POSTGRES"),
            env::var("HIGHBALL_TEST_REDIS"),
        ) else {
            println!("left out: it needs HIGHBALL_TEST_POSTGRES and HIGHBALL_TEST_REDIS");
            return Ok(());
        };
        let redis =
            Redis::new(Client::open(redis)?).namespace(format!("bench-{}", std::process::id()));
        println!(
            "| Responses | clients | requests/s | p50, µs | p99, µs | CPU/request, µs | queries/s |"
        );
        println!("|---|---|---|---|---|---|---|");
        for clients in [1, 1_000] {
            let options: sqlx::postgres::PgConnectOptions = database.parse()?;
            // The clients without a cache wait for a connection.
            let pool = Pool::<Shop>::builder(options)
                .max(5)
                .wait(Duration::from_secs(5));
            let pool = pool.shed_after(Duration::from_secs(5)).build();
            pool.open().await?;
            let state = |responses| AppState {
                pool: pool.clone(),
                responses,
                queries: Queries::default(),
            };
            let second = ResponseCache::builder()
                .second_level(&redis, format!("shop:{clients}"))
                .build();
            measure("no cache", "/plain", state(ResponseCache::new()), clients).await;
            measure("in memory", "/cached", state(ResponseCache::new()), clients).await;
            measure("in memory and Redis", "/cached", state(second), clients).await;
        }
        Ok(())
    }
}

#[cfg(feature = "postgres")]
fn main() -> highball::Result {
    highball::block_on(measure::run())
}

#[cfg(not(feature = "postgres"))]
fn main() {
    println!("left out: it needs the feature `postgres`");
}
