//! A pool without which the app works.
#![cfg(feature = "sqlite")]

mod kit;

use std::time::{Duration, Instant};

use highball::{prelude::*, tokio};
use highball_db::{
    Conn, Pool, Sqlite, database,
    sqlx::{
        self,
        migrate::{Migration, MigrationType, Migrator},
    },
};
use highball_faults::Folder;

database!(Reports: Sqlite);

#[derive(State)]
struct AppState {
    reports: Pool<Reports>,
}

#[get("/reports")]
async fn reports(mut conn: Conn<'_, Reports>) -> highball::Result<Json<i64>> {
    let count = sqlx::query_scalar("SELECT COUNT(*) FROM reports");
    Ok(Json(count.fetch_one(&mut *conn).await?))
}

#[routes(app)]
struct Api(reports, highball::serve::livez, highball::serve::readyz);

fn migration(sql: &'static str) -> Migrator {
    let text = sqlx::SqlStr::from_static(sql);
    let step = Migration::new(1, "reports".into(), MigrationType::Simple, text, false);
    Migrator::with_migrations(vec![step])
}

/// Waits until a response contains the text.
async fn wait_for(address: std::net::SocketAddr, path: &str, text: &str) {
    let begun = Instant::now();
    loop {
        let response = kit::get(address, path).await;
        if response.contains(text) {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "{response}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn the_server_starts_without_an_optional_database_and_takes_it_later() {
    let folder = Folder::new();
    let (listener, address) = kit::listen().await;
    let pool = Pool::<Reports>::file(folder.file("later/reports.db"));
    let pool = pool.migrations(migration("CREATE TABLE reports (id INTEGER)"));
    let pool = pool.optional().build();
    let serving = highball::serve(Api).state(AppState {
        reports: pool.clone(),
    });
    let server = kit::run(serving.install(pool).listen(listener).quiet());

    let ready = kit::get(address, "/readyz").await;
    assert!(ready.starts_with("HTTP/1.1 200 "), "{ready}");
    assert!(
        ready.ends_with(r#"{"checks":{"Reports: connection":"degraded","Reports: connections":"ok"},"status":"degraded"}"#),
        "{ready}"
    );
    let refused = kit::get(address, "/reports").await;
    assert!(refused.starts_with("HTTP/1.1 503 "), "{refused}");

    std::fs::create_dir(folder.file("later")).expect("a directory");
    wait_for(address, "/readyz", r#""status":"ready""#).await;
    let counted = kit::get(address, "/reports").await;
    assert!(
        counted.ends_with("\r\n\r\n0"),
        "the migrations have run: {counted}"
    );
    server.abort();
}

#[tokio::test]
async fn a_failed_migration_of_an_optional_database_is_an_error() {
    let folder = Folder::new();
    let pool = Pool::<Reports>::file(folder.file("reports.db"));
    let pool = pool
        .migrations(migration("CREATE NOTHING"))
        .optional()
        .build();
    let (listener, _) = kit::listen().await;
    let serving = highball::serve(Api).state(AppState {
        reports: pool.clone(),
    });
    let serving = serving.install(pool).listen(listener).quiet().into_future();
    let ended = tokio::time::timeout(Duration::from_secs(20), serving).await;
    let error = ended
        .expect("an end")
        .expect_err("a wrong migration")
        .to_string();
    assert!(
        error.contains("the migrations of `Reports` have failed"),
        "{error}"
    );
}
