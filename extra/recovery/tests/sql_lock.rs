//! The lock in a database.
#![cfg(feature = "db")]

use std::{sync::Arc, time::Duration};

use highball_db::{Database, Pool, Postgres, Sqlite, database};
use highball_faults::{Folder, Schema};
use highball_recovery::{Lock, SqlLock};
use tokio::task::JoinSet;

database!(File: Sqlite);
database!(Main: Postgres);

const LONG: Duration = Duration::from_secs(60);

/// Checks the lock of two instances, each with its own pool.
async fn check<D: Database>(pool: impl Fn() -> Pool<D>) {
    let (one, two) = (SqlLock::new("shop", pool()), SqlLock::new("shop", pool()));
    let have = async |lock: &SqlLock<D>, holder, lease| {
        lock.acquire(holder, lease).await.expect("it answers")
    };
    assert!(have(&one, "one", LONG).await);
    assert!(!have(&two, "two", LONG).await);
    assert!(have(&one, "one", LONG).await, "it may have it twice");
    two.release("two").await.expect("it answers");
    assert!(
        !have(&two, "two", LONG).await,
        "another one cannot give it back"
    );
    let other = SqlLock::new("orders", pool());
    assert!(
        have(&other, "three", LONG).await,
        "it is the lock of another app"
    );
    one.release("one").await.expect("it answers");
    assert!(have(&two, "two", Duration::ZERO).await);
    assert!(
        have(&one, "one", LONG).await,
        "the time of the other is over"
    );
}

/// Checks that one of many instances gets a lock whose table does not exist yet.
async fn check_race<D: Database>(pool: impl Fn() -> Pool<D>) {
    let mut tasks = JoinSet::new();
    for number in 0..8 {
        let lock = Arc::new(SqlLock::new("race", pool()));
        tasks.spawn(async move {
            let holder = number.to_string();
            lock.acquire(&holder, LONG).await.expect("it answers")
        });
    }
    let taken = tasks.join_all().await;
    assert_eq!(taken.iter().filter(|taken| **taken).count(), 1, "{taken:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_instance_has_the_lock_in_sqlite() {
    let folder = Folder::new();
    let pool = || Pool::<File>::file(folder.file("locks.db")).build();
    check_race(pool).await;
    check(pool).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_instance_has_the_lock_in_postgres() {
    let Some(schema) = Schema::new().await else {
        return;
    };
    let pool = || {
        Pool::<Main>::builder(schema.options())
            .max(2)
            .min_idle(0)
            .build()
    };
    check_race(pool).await;
    check(pool).await;
}

#[tokio::test]
async fn a_database_that_is_away_is_an_error_and_not_a_lock() {
    let pool = Pool::<File>::file("/nonexistent/locks.db").build();
    let error = SqlLock::new("shop", pool).acquire("one", LONG).await;
    assert!(error.is_err());
}
