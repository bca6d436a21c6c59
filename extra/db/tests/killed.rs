//! A server that is killed after a commit and before the head of the response, or before the commit.
//!
//! The parent of each test runs the test program once more, as the server.
#![cfg(all(feature = "sqlite", unix))]

mod kit;

use std::{
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    process::{Child, Command, Stdio},
};

use highball::{prelude::*, tokio};
use highball_db::{
    Pool, database,
    sqlx::{self, Executor as _},
};

/// The variable with the file or the schema, which makes a test the child.
const CHILD: &str = "DB_TEST_KILLED";

const TABLE: &str = "CREATE TABLE killed (name TEXT)";

/// Ends this process at once, as a power failure would.
fn kill() -> ! {
    let kill = format!("kill -9 {}", std::process::id());
    Command::new("sh").args(["-c", &kill]).status().ok();
    unreachable!("the process is killed")
}

/// An app with the database `Main`.
macro_rules! app {
    ($engine:ty) => {
        use highball_db::Tx;

        use super::*;

        database!(pub(crate) Main: $engine);

        #[derive(State)]
        struct AppState {
            pool: Pool<Main>,
        }

        /// Ends the process when the rest has run.
        #[middleware]
        async fn killed(cx: &mut Context<'_>, next: impl Next) -> Response {
            let _response = next.run(cx).await;
            kill()
        }

        #[post("/after", with(killed))]
        async fn after(mut tx: Tx<'_, Main>) -> highball::Result<StatusCode> {
            sqlx::query("INSERT INTO killed VALUES ('after')").execute(&mut *tx).await?;
            Ok(StatusCode::CREATED)
        }

        #[post("/before")]
        async fn before(mut tx: Tx<'_, Main>) -> highball::Result<StatusCode> {
            sqlx::query("INSERT INTO killed VALUES ('before')").execute(&mut *tx).await?;
            kill()
        }

        #[routes(app)]
        struct Api(after, before);

        /// Serves until a request kills the process. Prints the address.
        pub(crate) async fn serve(pool: Pool<Main>) {
            let (listener, address) = kit::listen().await;
            println!("\naddress={address}");
            let serving = highball::serve(Api).state(AppState { pool: pool.clone() });
            serving.install(pool).listen(listener).quiet().await.expect("a server");
        }

        /// Kills a server before and after a commit. Returns the rows that are stored.
        pub(crate) async fn rows(test: &str, place: &str, pool: &Pool<Main>) -> Vec<String> {
            for path in ["/before", "/after"] {
                let (mut child, address, _output) = start(test, place);
                let head = "host: test\r\ncontent-length: 0\r\nconnection: close";
                let request = format!("POST {path} HTTP/1.1\r\n{head}\r\n\r\n");
                // Not one byte of a response.
                assert_eq!(kit::send(address, &request).await, None);
                let status = child.wait().expect("an end");
                assert_eq!(status.code(), None, "{status}");
            }
            let mut conn = pool.acquire().await.expect("a connection");
            let names = sqlx::query_scalar("SELECT name FROM killed");
            names.fetch_all(&mut *conn).await.expect("the rows")
        }
    };
}

mod sqlite {
    app!(highball_db::Sqlite);

    pub(crate) fn pool(file: &str) -> Pool<Main> {
        Pool::file(file).build()
    }
}

#[cfg(feature = "postgres")]
mod postgres {
    app!(highball_db::Postgres);

    pub(crate) fn pool(schema: &str) -> Option<Pool<Main>> {
        use highball_db::sqlx::postgres::PgConnectOptions;

        let Ok(url) = std::env::var("HIGHBALL_TEST_POSTGRES") else {
            eprintln!(
                "left out: set HIGHBALL_TEST_POSTGRES to the URL of a server to run this test"
            );
            return None;
        };
        let options: PgConnectOptions = url.parse().expect("a URL");
        Some(Pool::builder(options.options([("search_path", schema)])).build())
    }
}

/// Starts a server, and returns its address and the rest of its output.
fn start(test: &str, place: &str) -> (Child, SocketAddr, impl Sized) {
    let program = std::env::current_exe().expect("this program");
    let mut command = Command::new(program);
    command
        .args(["--exact", test, "--nocapture"])
        .env(CHILD, place);
    let mut child = command.stdout(Stdio::piped()).spawn().expect("a child");
    let output = BufReader::new(child.stdout.take().expect("its output"));
    let mut lines = output.lines().map_while(Result::ok);
    let address = lines.find_map(|line| line.strip_prefix("address=")?.parse().ok());
    (child, address.expect("an address"), lines)
}

#[tokio::test]
async fn a_server_that_is_killed_after_the_commit_has_the_row_with_sqlite() {
    let test = "a_server_that_is_killed_after_the_commit_has_the_row_with_sqlite";
    if let Ok(file) = std::env::var(CHILD) {
        return sqlite::serve(sqlite::pool(&file)).await;
    }
    let folder = std::env::temp_dir().join(format!("highball-db-killed-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a directory");
    let file = folder.join("test.db").display().to_string();
    let pool = sqlite::pool(&file);
    let mut conn = pool.acquire().await.expect("a connection");
    conn.execute(TABLE).await.expect("a table");
    drop(conn);
    assert_eq!(sqlite::rows(test, &file, &pool).await, ["after"]);
    std::fs::remove_dir_all(folder).ok();
}

#[cfg(feature = "postgres")]
#[tokio::test]
async fn a_server_that_is_killed_after_the_commit_has_the_row_with_postgres() {
    let test = "a_server_that_is_killed_after_the_commit_has_the_row_with_postgres";
    let schema = "killed";
    let Some(pool) = postgres::pool(schema) else {
        return;
    };
    if std::env::var_os(CHILD).is_some() {
        return postgres::serve(pool).await;
    }
    let mut conn = pool.acquire().await.expect("a connection");
    let clean = "DROP SCHEMA IF EXISTS killed CASCADE; CREATE SCHEMA killed";
    conn.execute(clean).await.expect("a schema");
    conn.execute(TABLE).await.expect("a table");
    drop(conn);
    assert_eq!(postgres::rows(test, schema, &pool).await, ["after"]);
}
