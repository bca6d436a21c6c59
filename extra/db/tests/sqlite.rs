//! SQLite: the start, the errors of an operator, migrations, and many writers.
#![cfg(feature = "sqlite")]

use std::{path::PathBuf, sync::Arc, time::Duration};

use highball::{prelude::*, tokio};
use highball_db::{
    Conn, Pool, PoolError, Sqlite, Tx, database,
    sqlx::{self, Executor as _, sqlite::SqliteConnectOptions},
};

database!(Main: Sqlite);

#[derive(State)]
struct AppState {
    pool: Pool<Main>,
}

/// Reads the counter and writes it back, which loses updates without a transaction.
#[post("/count")]
async fn count(mut tx: Tx<'_, Main>) -> highball::Result {
    let count: i64 = sqlx::query_scalar("SELECT count FROM counter")
        .fetch_one(&mut *tx)
        .await?;
    tokio::task::yield_now().await;
    let update = sqlx::query("UPDATE counter SET count = $1").bind(count + 1);
    update.execute(&mut *tx).await?;
    Ok(())
}

#[get("/count")]
async fn read(mut conn: Conn<'_, Main>) -> highball::Result<Json<i64>> {
    let count = sqlx::query_scalar("SELECT count FROM counter")
        .fetch_one(&mut *conn)
        .await?;
    Ok(Json(count))
}

/// Takes a connection before the handler.
#[guard]
async fn connected(pool: State<Pool<Main>>, cx: &Context<'_>) -> Result<(), PoolError> {
    pool.acquire_for(cx).await?;
    Ok(())
}

#[get("/patient", priority = background, with(connected))]
async fn patient() {}

#[get("/urgent", priority = critical, timeout = secs(60), with(connected))]
async fn urgent() {}

#[routes(app)]
struct Api(count, read, patient, urgent);

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("highball-db-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a directory");
    folder
}

async fn open_error(pool: Pool<Main>) -> String {
    pool.open()
        .await
        .expect_err("an error of the operator")
        .to_string()
}

#[tokio::test]
async fn many_writers_and_readers_are_never_busy() {
    let folder = folder("writers");
    let pool = Pool::<Main>::file(folder.join("test.db")).max(8).build();
    let mut conn = pool.acquire().await.expect("a connection");
    conn.execute("CREATE TABLE counter (count INTEGER); INSERT INTO counter VALUES (0)")
        .await
        .expect("a table");
    drop(conn);
    let session = Arc::new(Api.test().state(AppState { pool }).start());
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..32 {
        let session = Arc::clone(&session);
        tasks.spawn(async move {
            for _ in 0..10 {
                assert_eq!(session.post("/count").send().await.status(), 200);
                assert_eq!(session.get("/count").send().await.status(), 200);
            }
        });
    }
    while let Some(task) = tasks.join_next().await {
        task.expect("a task without a panic");
    }
    assert_eq!(session.get("/count").send().await.json::<i64>(), 320);
    std::fs::remove_dir_all(folder).ok();
}

#[tokio::test]
async fn guards_wait_with_the_priority_of_their_route() {
    let pool = Pool::<Main>::memory().build();
    let held = pool.acquire().await.expect("a connection");
    let session = Api.test().state(AppState { pool: pool.clone() }).start();
    let mut waiting = tokio::task::JoinSet::new();
    for (number, path) in [(1, "/patient"), (2, "/urgent")] {
        let response = session.get(path).send();
        waiting.spawn(async move { (path, response.await.status()) });
        while pool.status().waiting < number {
            tokio::task::yield_now().await;
        }
    }
    drop(held);
    let mut served = Vec::new();
    while let Some(task) = waiting.join_next().await {
        served.push(task.expect("a task without a panic"));
    }
    let ok = StatusCode::OK;
    assert_eq!(served, [("/urgent", ok), ("/patient", ok)]);
}

#[tokio::test]
async fn errors_of_the_operator_name_the_file_and_the_way_out() {
    let folder = folder("errors");
    let missing = folder.join("missing/test.db");
    let error = open_error(Pool::<Main>::file(&missing).build()).await;
    let expected = format!("`Main` cannot be opened, the file {}: ", missing.display());
    assert!(
        error.starts_with(&expected) && error.contains("create its directory"),
        "{error}"
    );

    let text = folder.join("text.db");
    std::fs::write(
        &text,
        "this is no database, but a text of more than a hundred characters. ".repeat(20),
    )
    .expect("a file");
    let error = open_error(Pool::<Main>::file(&text).build()).await;
    assert!(
        error.contains("not a database of SQLite: correct the path"),
        "{error}"
    );

    let options = SqliteConnectOptions::new().filename(folder.join("absent.db"));
    let error = open_error(Pool::<Main>::builder(options).build()).await;
    assert!(error.contains("set `create_if_missing`"), "{error}");
    std::fs::remove_dir_all(folder).ok();
}

/// The first connection to a new file changes it to a write-ahead log, which `busy_timeout` does not cover.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn programs_that_open_a_new_file_at_once_wait_for_each_other() {
    let folder = folder("at-once");
    for number in 0..20 {
        let path = folder.join(format!("{number}.db"));
        let mut opening = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let pool = Pool::<Main>::file(&path).build();
            opening.spawn(async move { pool.acquire().await.map(drop) });
        }
        for opened in opening.join_all().await {
            opened.expect("it waits for the others");
        }
    }
    std::fs::remove_dir_all(folder).ok();
}

#[tokio::test]
async fn a_file_that_stays_locked_is_an_error_which_names_the_lock() {
    let folder = folder("locked");
    let path = folder.join("main.db");
    let options = SqliteConnectOptions::new().filename(&path);
    let mut other = sqlx::ConnectOptions::connect(&options.create_if_missing(true))
        .await
        .expect("a connection");
    other.execute("BEGIN EXCLUSIVE").await.expect("a lock");
    let error = open_error(Pool::<Main>::file(&path).build()).await;
    assert!(
        error.contains("another program has locked the file: end it"),
        "{error}"
    );
    std::fs::remove_dir_all(folder).ok();
}

#[tokio::test]
async fn migrations_run_once_and_a_newer_database_is_refused() {
    use sqlx::migrate::{Migration, MigrationType, Migrator};

    let folder = folder("migrations");
    let file = folder.join("test.db");
    let step = |version, sql: &'static str| {
        let text = sqlx::SqlStr::from_static(sql);
        Migration::new(version, "step".into(), MigrationType::Simple, text, false)
    };
    let first = || step(1, "CREATE TABLE a (id INTEGER)");
    let second = || step(2, "CREATE TABLE b (id INTEGER)");
    let old = || Migrator::with_migrations(vec![first()]);
    let new = || Migrator::with_migrations(vec![first(), second()]);
    for migrator in [old(), old(), new()] {
        let pool = Pool::<Main>::file(&file).migrations(migrator).build();
        pool.open().await.expect("migrations that run");
        pool.close().await;
    }
    let error = open_error(Pool::<Main>::file(&file).migrations(old()).build()).await;
    assert!(
        error.starts_with("the migrations of `Main` have failed: "),
        "{error}"
    );
    assert!(error.contains('2'), "{error}");
    std::fs::remove_dir_all(folder).ok();
}

#[tokio::test]
async fn a_server_opens_the_pool_before_the_first_request_and_closes_it_at_the_end() {
    let folder = folder("server");
    let pool = Pool::<Main>::file(folder.join("test.db"))
        .min_idle(3)
        .build();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = highball::serve(Api)
        .state(AppState { pool: pool.clone() })
        .install(pool.clone())
        .listen(listener)
        .quiet()
        .stop(async {
            let _ = stopped.await;
        });
    let server = tokio::spawn(serving.into_future());
    // The port is bound before the start, so the first response shows that the start has ended.
    let answer = get(address).await;
    assert!(
        answer.starts_with("HTTP/1.1 500"),
        "there is no table: {answer}"
    );
    assert!(pool.status().open >= 3, "{:?}", pool.status());
    stop.send(()).expect("a server");
    server.await.expect("no panic").expect("a stop");
    assert_eq!(pool.status().open, 0);
    std::fs::remove_dir_all(folder).ok();
}

#[tokio::test]
async fn a_server_does_not_start_without_its_database() {
    let pool = Pool::<Main>::file("/nonexistent/test.db").build();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let serving = highball::serve(Api)
        .state(AppState { pool: pool.clone() })
        .install(pool);
    let serving = serving.listen(listener).quiet().into_future();
    let ended = tokio::time::timeout(Duration::from_secs(2), serving).await;
    let error = ended
        .expect("an end at once")
        .expect_err("no database")
        .to_string();
    assert!(error.contains("create its directory"), "{error}");
}

/// Sends a request over TCP, and returns the response.
async fn get(address: std::net::SocketAddr) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    let mut stream = tokio::net::TcpStream::connect(address)
        .await
        .expect("a connection");
    let request = b"GET /count HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n";
    stream.write_all(request).await.expect("a request");
    let mut text = String::new();
    stream.read_to_string(&mut text).await.expect("a response");
    text
}

#[tokio::test]
async fn waits_and_refusals_are_counted() {
    let pool = Pool::<Main>::memory().wait(Duration::from_millis(100));
    let pool = pool.build();
    let held = pool.acquire().await.expect("the only one");
    pool.acquire().await.expect_err("none is free");
    let status = pool.status();
    assert_eq!((status.requests, status.refused), (2, 1));
    assert!(status.waited >= Duration::from_millis(100), "{status:?}");
    drop(held);
    pool.acquire().await.expect("it has returned");
    let status = pool.status();
    assert_eq!((status.requests, status.refused), (3, 1));
}
