//! PostgreSQL: the start, the errors of an operator, and queries whose request is gone.
#![cfg(feature = "postgres")]

use std::time::{Duration, Instant};

use highball::{prelude::*, tokio};
use highball_db::{
    Conn, Pool, Postgres, database,
    sqlx::{self, Executor as _, postgres::PgConnectOptions},
};

database!(Main: Postgres);

#[derive(State)]
struct AppState {
    pool: Pool<Main>,
}

/// A query that takes a minute.
#[get("/slow")]
async fn slow(mut conn: Conn<'_, Main>) -> highball::Result {
    sqlx::query("SELECT pg_sleep(60)")
        .execute(&mut *conn)
        .await?;
    Ok(())
}

/// Gives up on a query that takes a minute, and succeeds.
#[get("/gives-up")]
async fn gives_up(mut conn: Conn<'_, Main>) -> StatusCode {
    let query = sqlx::query("SELECT pg_sleep(60)").execute(&mut *conn);
    let ended = tokio::time::timeout(Duration::from_millis(50), query).await;
    if ended.is_ok() {
        StatusCode::OK
    } else {
        StatusCode::NO_CONTENT
    }
}

/// A statement whose columns depend on the table.
#[get("/changing")]
async fn changing(mut conn: Conn<'_, Main>) -> highball::Result {
    sqlx::query("SELECT * FROM changing")
        .fetch_all(&mut *conn)
        .await?;
    Ok(())
}

#[routes(app)]
struct Api(slow, gives_up);

#[routes(app)]
struct Changing(changing);

fn options() -> Option<PgConnectOptions> {
    let Ok(url) = std::env::var("HIGHBALL_TEST_POSTGRES") else {
        eprintln!("left out: set HIGHBALL_TEST_POSTGRES to the URL of a server to run this test");
        return None;
    };
    Some(url.parse().expect("a URL"))
}

async fn open_error(options: PgConnectOptions) -> String {
    let pool = Pool::<Main>::builder(options.password("secret-word")).build();
    let begun = Instant::now();
    let error = pool
        .open()
        .await
        .expect_err("an error of the operator")
        .to_string();
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert!(
        error.starts_with("`Main` cannot be opened, the database "),
        "{error}"
    );
    assert!(!error.contains("secret-word"), "{error}");
    error
}

#[tokio::test]
async fn errors_of_the_operator_name_the_database_and_the_way_out() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = closed.local_addr().expect("an address").port();
    drop(closed);
    let nowhere = || {
        PgConnectOptions::new_without_pgpass()
            .host("127.0.0.1")
            .username("shop")
            .database("orders")
    };
    let error = open_error(nowhere().port(port)).await;
    assert!(
        error.contains(&format!("the database orders at 127.0.0.1:{port} as shop")),
        "{error}"
    );
    assert!(
        error.contains("nothing listens there: start the database"),
        "{error}"
    );

    let error = open_error(nowhere().host("host.invalid")).await;
    assert!(error.contains("the name of the host is unknown"), "{error}");

    let error = open_error(nowhere().socket("/nonexistent")).await;
    assert!(
        error.contains("the host or the socket does not exist"),
        "{error}"
    );

    let Some(options) = options() else { return };
    let error = open_error(options.clone().database("no_such_database")).await;
    assert!(error.contains("create it, or correct its name"), "{error}");
    let error = open_error(options.clone().username("no_such_user")).await;
    assert!(
        error.contains("the user or the password is wrong"),
        "{error}"
    );
    let error = open_error(options.ssl_mode(sqlx::postgres::PgSslMode::Require)).await;
    assert!(error.contains("TLS has failed"), "{error}");
}

#[tokio::test]
async fn the_start_waits_for_a_database_if_startup_is_set() {
    let nowhere = PgConnectOptions::new_without_pgpass()
        .host("127.0.0.1")
        .port(1);
    let pool = Pool::<Main>::builder(nowhere)
        .startup(Duration::from_millis(500))
        .build();
    let begun = Instant::now();
    pool.open().await.expect_err("no database");
    let waited = begun.elapsed();
    assert!(
        waited > Duration::from_millis(200) && waited < Duration::from_secs(2),
        "{waited:?}"
    );
}

#[tokio::test]
async fn the_idle_connections_are_those_of_the_server() {
    let Some(options) = options() else { return };
    let name = format!("highball-idle-{}", std::process::id());
    let pool = Pool::<Main>::builder(options.application_name(&name))
        .min_idle(4)
        .build();
    pool.open().await.expect("an open pool");
    let mut conn = pool.acquire().await.expect("a connection");
    let count =
        sqlx::query_scalar("SELECT count(*) FROM pg_stat_activity WHERE application_name = $1");
    let count: i64 = count
        .bind(&name)
        .fetch_one(&mut *conn)
        .await
        .expect("a count");
    assert_eq!(count, 4);
}

#[tokio::test]
async fn a_query_whose_request_is_gone_is_cancelled() {
    let Some(options) = options() else { return };
    let pool = Pool::<Main>::builder(options).max(2).build();
    pool.open().await.expect("an open pool");
    let session = Api.test().state(AppState { pool: pool.clone() }).start();
    let left = tokio::time::timeout(Duration::from_millis(200), session.get("/slow").send()).await;
    assert!(left.is_err());
    let begun = Instant::now();
    let first = pool.acquire().await.expect("a connection");
    let second = pool.acquire().await.expect("the connection of the query");
    assert!(
        begun.elapsed() < Duration::from_secs(1),
        "{:?}",
        begun.elapsed()
    );
    drop((first, second));
}

#[tokio::test]
async fn a_query_that_a_handler_has_given_up_does_not_delay_the_next_request() {
    let Some(options) = options() else { return };
    let pool = Pool::<Main>::builder(options).max(1).build();
    let session = Api.test().state(AppState { pool: pool.clone() }).start();
    assert_eq!(session.get("/gives-up").send().await.status(), 204);
    let begun = Instant::now();
    let mut conn = pool.acquire().await.expect("the connection of the query");
    sqlx::query("SELECT 1")
        .execute(&mut *conn)
        .await
        .expect("an answer");
    assert!(
        begun.elapsed() < Duration::from_secs(1),
        "{:?}",
        begun.elapsed()
    );
}

#[tokio::test]
async fn a_connection_that_the_server_has_closed_is_replaced() {
    let Some(options) = options() else { return };
    let name = format!("highball-killed-{}", std::process::id());
    let options = options.application_name(&name);
    let pool = Pool::<Main>::builder(options.clone())
        .min_idle(3)
        .max(3)
        .check_after(Duration::ZERO)
        .build();
    pool.open().await.expect("an open pool");
    let other = Pool::<Main>::builder(options.application_name("highball-killer")).build();
    let mut conn = other.acquire().await.expect("a connection");
    let kill = sqlx::query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1",
    );
    kill.bind(&name)
        .execute(&mut *conn)
        .await
        .expect("the end of the connections");
    for _ in 0..3 {
        let mut conn = pool.acquire().await.expect("a connection");
        let one: i32 = sqlx::query_scalar("SELECT 1")
            .fetch_one(&mut *conn)
            .await
            .expect("an answer");
        assert_eq!(one, 1);
    }
}

#[tokio::test]
async fn a_statement_whose_table_another_program_has_changed_fails_once_at_most() {
    let Some(options) = options() else { return };
    let pool = Pool::<Main>::builder(options).max(1).build();
    let session = Changing
        .test()
        .state(AppState { pool: pool.clone() })
        .start();
    let mut conn = pool.acquire().await.expect("a connection");
    let table = "DROP TABLE IF EXISTS changing; CREATE TABLE changing (a INTEGER)";
    conn.execute(table).await.expect("a table");
    drop(conn);
    assert_eq!(session.get("/changing").send().await.status(), 200);
    let mut conn = pool
        .acquire()
        .await
        .expect("the connection with the statement");
    conn.execute("ALTER TABLE changing ADD COLUMN b TEXT")
        .await
        .expect("a column");
    drop(conn);
    let first = session.get("/changing").send().await.status();
    let second = session.get("/changing").send().await;
    eprintln!("after the change: {first}");
    assert_eq!(second.status(), 200, "{}", second.text());
}
