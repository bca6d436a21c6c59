//! The tests of one engine.

#[cfg(feature = "postgres")]
use highball_db::sqlx::postgres::PgConnectOptions;

/// A schema of PostgreSQL for one test. Its tables are removed when the next run creates it.
#[cfg(feature = "postgres")]
pub(crate) struct Schema {
    url: String,
    name: String,
}

#[cfg(feature = "postgres")]
impl Schema {
    pub(crate) fn new() -> Option<Self> {
        let Ok(url) = std::env::var("HIGHBALL_TEST_POSTGRES") else {
            eprintln!(
                "left out: set HIGHBALL_TEST_POSTGRES to the URL of a server to run this test"
            );
            return None;
        };
        let thread = std::thread::current();
        let name = thread.name().unwrap_or("test").replace("::", "_");
        Some(Self { url, name })
    }

    pub(crate) fn options(&self) -> PgConnectOptions {
        let options: PgConnectOptions = self.url.parse().expect("a URL");
        options
            .application_name(&self.name)
            .options([("search_path", self.name.as_str())])
    }
}

/// Removes what a test may have left, and creates its tables.
pub(crate) const TABLES: &str = "
    CREATE TABLE parents (id BIGINT PRIMARY KEY);
    CREATE TABLE orders (
        name TEXT UNIQUE,
        parent BIGINT REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED
    );
";

macro_rules! suite {
    () => {
        use std::time::Duration;

        use highball::{prelude::*, testing::TestSession, tokio};
        use highball_db::{Builder, Conn, Pool, PoolError, Tx, sqlx};
        use sqlx::{Connection as _, Executor as _};

        #[derive(State)]
        struct AppState {
            pool: Pool<Main>,
        }

        #[derive(serde::Deserialize)]
        struct Order {
            name: String,
            parent: Option<i64>,
        }

        const INSERT: &str = "INSERT INTO orders (name, parent) VALUES ($1, $2)";

        /// Stores an order, and answers with a status.
        #[post("/orders/{status}")]
        async fn order(status: u16, order: Json<Order>, mut tx: Tx<'_, Main>) -> highball::Result<StatusCode> {
            sqlx::query(INSERT).bind(&order.name).bind(order.parent).execute(&mut *tx).await?;
            assert_ne!(status, 599, "a fault");
            Ok(StatusCode::from_u16(status)?)
        }

        /// Ignores the error of a statement.
        #[post("/ignores")]
        async fn ignores(mut tx: Tx<'_, Main>) -> highball::Result<StatusCode> {
            sqlx::query(INSERT).bind("ignored").bind(None::<i64>).execute(&mut *tx).await?;
            let failed = sqlx::query("SELECT nothing FROM nowhere").execute(&mut *tx).await;
            assert!(failed.is_err());
            Ok(StatusCode::CREATED)
        }

        /// Commits on a status that would roll back.
        #[post("/counts")]
        async fn counts(mut tx: Tx<'_, Main>) -> highball::Result<StatusCode> {
            tx.commit_on(|status| status == StatusCode::FORBIDDEN);
            sqlx::query(INSERT).bind("counted").bind(None::<i64>).execute(&mut *tx).await?;
            Ok(StatusCode::FORBIDDEN)
        }

        /// Commits in the middle, and fails afterwards.
        #[post("/halves")]
        async fn halves(mut tx: Tx<'_, Main>) -> highball::Result<StatusCode> {
            sqlx::query(INSERT).bind("first").bind(None::<i64>).execute(&mut *tx).await?;
            tx.commit().await?;
            sqlx::query(INSERT).bind("second").bind(None::<i64>).execute(&mut *tx).await?;
            Ok(StatusCode::CONFLICT)
        }

        #[get("/names")]
        async fn names(mut conn: Conn<'_, Main>) -> highball::Result<Json<Vec<String>>> {
            let names = sqlx::query_scalar("SELECT name FROM orders ORDER BY name");
            Ok(Json(names.fetch_all(&mut *conn).await?))
        }

        /// Holds a connection until the test ends it.
        #[get("/holds")]
        async fn holds(conn: Conn<'_, Main>) {
            std::future::pending::<()>().await;
            drop(conn);
        }

        #[get("/waits", timeout = secs(2))]
        async fn waits(_conn: Conn<'_, Main>) {}

        #[routes(app)]
        struct Api(order, ignores, counts, halves, names, holds, waits);

        async fn start(max: usize) -> Option<(TestSession<Api>, Pool<Main>, impl Sized)> {
            let (builder, place) = pool()?;
            let pool = builder.max(max).build();
            prepare(&pool).await;
            let session = Api.test().state(AppState { pool: pool.clone() }).start();
            Some((session, pool, place))
        }

        async fn prepare(pool: &Pool<Main>) {
            let mut conn = pool.acquire().await.expect("a connection");
            if ABORTS_AFTER_AN_ERROR {
                let thread = std::thread::current();
                let name = thread.name().unwrap_or("test").replace("::", "_");
                let sql = format!("DROP SCHEMA IF EXISTS {name} CASCADE; CREATE SCHEMA {name}");
                conn.execute(sqlx::AssertSqlSafe(sql)).await.expect("a schema");
            }
            conn.execute(super::suite::TABLES).await.expect("the tables");
        }

        async fn stored(session: &TestSession<Api>) -> Vec<String> {
            session.get("/names").send().await.json()
        }

        async fn send(session: &TestSession<Api>, path: &str, name: &str) -> u16 {
            let order = json!({ "name": name });
            session.post(path).json(&order).send().await.status().as_u16()
        }

        #[tokio::test]
        async fn a_success_is_stored_and_an_error_is_not() {
            let Some((session, pool, _place)) = start(2).await else { return };
            for status in ["200", "201", "303", "400", "409", "500", "599"] {
                send(&session, &format!("/orders/{status}"), status).await;
            }
            assert_eq!(stored(&session).await, ["200", "201", "303"]);
            // A unique key is violated by the statement.
            assert_eq!(send(&session, "/orders/201", "200").await, 500);
            settle(&pool).await;
            assert_eq!((pool.status().used, pool.status().waiting), (0, 0));
        }

        #[tokio::test]
        async fn a_failed_commit_is_the_response() {
            let Some((session, _pool, _place)) = start(2).await else { return };
            let orphan = json!({ "name": "orphan", "parent": 7 });
            let answer = session.post("/orders/201").json(&orphan).send().await;
            assert_eq!(answer.status(), 409, "{}", answer.text());
            let ignored = session.post("/ignores").send().await.status();
            let expected: &[&str] = match ABORTS_AFTER_AN_ERROR {
                true => &[],
                false => &["ignored"],
            };
            assert_eq!(ignored == 500, ABORTS_AFTER_AN_ERROR, "{ignored}");
            assert_eq!(stored(&session).await, expected);
        }

        #[tokio::test]
        async fn a_handler_can_decide_itself() {
            let Some((session, _pool, _place)) = start(2).await else { return };
            assert_eq!(session.post("/counts").send().await.status(), 403);
            assert_eq!(session.post("/halves").send().await.status(), 409);
            assert_eq!(stored(&session).await, ["counted", "first"]);
        }

        #[tokio::test]
        async fn a_bad_body_takes_no_connection() {
            let Some((builder, _place)) = pool() else { return };
            let pool = builder.build();
            let session = Api.test().state(AppState { pool: pool.clone() }).start();
            for body in ["{", "{}", "[1]", r#"{"name": 7}"#] {
                let request = session.post("/orders/201").header("content-type", "application/json");
                let status = request.body(body).send().await.status();
                assert!(status == 400 || status == 422, "{status}");
            }
            assert_eq!(pool.status().open, 0);
        }

        #[tokio::test]
        async fn clients_that_leave_lose_no_connection_and_leave_no_transaction() {
            let Some((session, pool, _place)) = start(5).await else { return };
            let session = std::sync::Arc::new(session);
            let mut tasks = tokio::task::JoinSet::new();
            for number in 0..400_u64 {
                let session = std::sync::Arc::clone(&session);
                tasks.spawn(async move {
                    let order = json!({ "name": format!("{number}") });
                    let request = session.post("/orders/201").json(&order).send();
                    // Between nothing and a bit more than a transaction takes.
                    let leaves = Duration::from_micros(number * 7919 % 6000);
                    drop(tokio::time::timeout(leaves, request).await);
                });
                if number % 16 == 0 {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            }
            while tasks.join_next().await.is_some() {}
            settle(&pool).await;
            let status = pool.status();
            assert_eq!((status.used, status.waiting), (0, 0), "{status:?}");
            assert!(status.idle > 0 && status.open <= 5, "{status:?}");
            let mut held = Vec::new();
            for _ in 0..5 {
                let lent = tokio::time::timeout(Duration::from_secs(2), pool.acquire()).await;
                let lent = lent.expect("no wait").expect("a connection");
                assert!(!lent.is_in_transaction());
                held.push(lent);
            }
        }

        #[tokio::test]
        async fn a_full_pool_is_503_and_the_log_names_the_holder() {
            let Some((builder, _place)) = pool() else { return };
            let pool = builder.max(1).wait(Duration::from_millis(500)).build();
            prepare(&pool).await;
            settle(&pool).await;
            let session = Api.test().state(AppState { pool: pool.clone() }).start();
            let holding = tokio::spawn(session.get("/holds").send());
            while pool.status().used == 0 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            let answer = session.get("/names").send().await;
            assert_eq!((answer.status().as_u16(), answer.header("retry-after")), (503, "1"));
            assert!(!answer.text().contains("holds"), "{}", answer.text());
            let error = pool.acquire().await.expect_err("a full pool").to_string();
            assert!(error.contains("no connection of `Main` was free for 500 ms: 1 open, 0 idle, 1 in use"), "{error}");
            assert!(error.contains("::holds` (") && error.contains("requests/main.rs:"), "{error}");
            // The connection is free as soon as the client has left.
            holding.abort();
            assert!(holding.await.is_err());
            settle(&pool).await;
            assert_eq!(session.get("/names").send().await.status(), 200);
        }

        #[tokio::test]
        async fn a_route_waits_for_half_of_its_time() {
            let Some((builder, _place)) = pool() else { return };
            let pool = builder.max(1).build();
            let _held = pool.acquire().await.expect("a connection");
            let clock = highball::testing::Clock::new();
            let client = Api.test().state(AppState { pool: pool.clone() }).clock(&clock);
            let waiting = tokio::spawn(client.get("/waits").send());
            while pool.status().waiting == 0 {
                tokio::task::yield_now().await;
            }
            clock.advance(Duration::from_millis(999)).await;
            assert_eq!(pool.status().waiting, 1);
            clock.advance(Duration::from_millis(1)).await;
            assert_eq!(waiting.await.expect("a response").status(), 503);
        }

        #[tokio::test]
        async fn a_closed_pool_lends_nothing() {
            let Some((session, pool, _place)) = start(2).await else { return };
            pool.close().await;
            assert!(matches!(pool.acquire().await, Err(PoolError::Closed { .. })));
            assert_eq!(session.get("/names").send().await.status(), 503);
        }

        #[tokio::test]
        async fn an_open_pool_has_its_idle_connections_and_replaces_old_ones() {
            let Some((builder, _place)) = pool() else { return };
            let pool = builder.min_idle(3).max(4).lifetime(Duration::from_millis(300)).build();
            pool.open().await.expect("an open pool");
            assert_eq!((pool.status().open, pool.status().idle), (3, 3));
            tokio::time::sleep(Duration::from_millis(310)).await;
            // An old one is not lent.
            let lent = pool.acquire().await.expect("a connection");
            drop(lent);
            settle(&pool).await;
        }

        #[tokio::test]
        async fn each_connection_is_prepared_before_a_request_gets_it() {
            let Some((builder, _place)) = pool() else { return };
            let builder = builder.min_idle(2).max(3).on_connect(|conn| {
                Box::pin(async move { conn.execute("CREATE TEMP TABLE ready (n BIGINT)").await.map(drop) })
            });
            let pool = builder.build();
            pool.open().await.expect("an open pool");
            let mut held = Vec::new();
            for _ in 0..3 {
                let mut lent = pool.acquire().await.expect("a connection");
                lent.execute("SELECT n FROM ready").await.expect("the table of `on_connect`");
                held.push(lent);
            }
        }

        #[tokio::test]
        async fn a_failed_preparation_is_an_error_of_the_start_and_a_503() {
            let Some((builder, _place)) = pool() else { return };
            let builder = builder.on_connect(|conn| {
                Box::pin(async move { conn.execute("SELECT n FROM missing").await.map(drop) })
            });
            let pool = builder.build();
            let error = pool.open().await.expect_err("no table").to_string();
            assert!(error.starts_with("the work of `on_connect` of `Main` has failed: "), "{error}");
            let session = Api.test().state(AppState { pool: pool.clone() }).start();
            assert_eq!(session.get("/names").send().await.status(), 503);
            assert_eq!((pool.status().open, pool.status().used), (0, 0));
        }

        /// Waits until no connection is held, for at most five seconds.
        async fn settle(pool: &Pool<Main>) {
            for _ in 0..5000 {
                if pool.status().used == 0 && pool.status().idle == pool.status().open {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            panic!("connections are not returned: {:?}", pool.status());
        }
    };
}
