//! For other batteries: writers outside of requests, and their migrations.
#![cfg(feature = "sqlite")]

use std::{path::PathBuf, time::Duration};

use highball::tokio;
use highball_db::{
    Pool, PoolError, Sqlite,
    battery::{Value, fetch, migrate},
    database,
};

database!(Main: Sqlite);

const FIRST: &[&[&str]] = &[&["CREATE TABLE highball_marks (n BIGINT NOT NULL)"]];
const SECOND: &[&[&str]] = &[
    FIRST[0],
    &[
        "ALTER TABLE highball_marks ADD COLUMN m BIGINT",
        "INSERT INTO highball_marks VALUES (1, 2)",
    ],
];
const BROKEN: &[&[&str]] = &[
    SECOND[0],
    SECOND[1],
    &[
        "INSERT INTO highball_marks VALUES (3, 4)",
        "INSERT INTO nowhere VALUES (1)",
    ],
];

/// A file in a temporary directory.
struct File(PathBuf);

impl File {
    fn new(test: &str) -> Self {
        let name = format!("highball-battery-{test}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).expect("a directory");
        Self(folder)
    }

    fn pool(&self) -> Pool<Main> {
        let pool = Pool::<Main>::file(self.0.join("main.db"));
        pool.max(1).wait(Duration::from_millis(500)).build()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

async fn rows(pool: &Pool<Main>) -> usize {
    let mut conn = pool.acquire().await.expect("a connection");
    let rows = fetch::<Main>(&mut conn, "SELECT n, m FROM highball_marks", Vec::new()).await;
    rows.expect("the rows").len()
}

#[tokio::test]
async fn migrations_run_once_and_a_newer_database_is_refused() {
    let file = File::new("once");
    let pool = file.pool();
    for migrations in [FIRST, FIRST, SECOND, SECOND] {
        migrate(&pool, "marks", migrations).await.expect("it runs");
    }
    assert_eq!(rows(&pool).await, 1);
    let error = migrate(&pool, "marks", FIRST).await.expect_err("newer");
    assert_eq!(
        error.to_string(),
        "the tables of the marks in `Main` have the version 2, and this program has 1: run the newer program"
    );
}

#[tokio::test]
async fn a_migration_that_fails_changes_nothing() {
    let file = File::new("fails");
    let pool = file.pool();
    migrate(&pool, "marks", SECOND).await.expect("it runs");
    migrate(&pool, "marks", BROKEN).await.expect_err("it fails");
    assert_eq!(rows(&pool).await, 1);
    migrate(&pool, "marks", SECOND)
        .await
        .expect("the version is as before");
}

#[tokio::test(flavor = "multi_thread")]
async fn migrations_of_several_programs_at_once_run_once() {
    let file = File::new("several");
    let programs = (0..8).map(|_| {
        let pool = file.pool();
        tokio::spawn(async move { migrate(&pool, "marks", SECOND).await })
    });
    for program in programs.collect::<Vec<_>>() {
        program.await.expect("it ends").expect("it runs");
    }
    assert_eq!(rows(&file.pool()).await, 1);
}

#[tokio::test]
async fn a_transaction_holds_the_turn_until_it_ends() {
    let file = File::new("turn");
    let pool = file.pool();
    migrate(&pool, "marks", SECOND).await.expect("it runs");
    let insert = "INSERT INTO highball_marks VALUES ($1, $2)";
    let values = || vec![Value::Int(5), Value::Null];

    let mut dropped = pool.begin().await.expect("a transaction");
    fetch::<Main>(&mut dropped, insert, values())
        .await
        .expect("it runs");
    let error = pool.begin().await.expect_err("the turn is taken");
    assert!(matches!(error, PoolError::Timeout { .. }), "{error}");
    drop(dropped);

    let mut kept = pool.begin().await.expect("a transaction");
    fetch::<Main>(&mut kept, insert, values())
        .await
        .expect("it runs");
    kept.commit().await.expect("it commits");
    assert_eq!(rows(&pool).await, 2);
}
