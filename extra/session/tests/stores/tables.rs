//! The tables of the stores in SQL.

use std::{sync::Arc, time::Duration};

use highball_db::{
    Pool,
    battery::{Value, fetch},
    sqlx::sqlite::SqliteConnectOptions,
};
use highball_session::{
    Key,
    store::{Data, Head, Sql, Store},
};
use tokio::task::JoinSet;

use crate::backends::{File, Folder, Schema};

#[tokio::test(flavor = "multi_thread")]
async fn several_programs_create_the_tables_of_sqlite_at_once() {
    let folder = Folder::new();
    migrate_at_once((0..8).map(|_| folder.store())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_programs_create_the_tables_of_postgres_at_once() {
    let Some(schema) = Schema::new().await else {
        return;
    };
    migrate_at_once((0..8).map(|_| schema.store())).await;
}

async fn migrate_at_once<S: Store>(stores: impl Iterator<Item = S>) {
    let mut tasks = JoinSet::new();
    for store in stores {
        tasks.spawn(async move { store.check().await });
    }
    for migrated in tasks.join_all().await {
        migrated.expect("the first one creates the tables, and the others wait");
    }
}

#[tokio::test]
async fn tables_of_a_newer_program_are_refused() {
    let folder = Folder::new();
    folder.store().migrate().await.expect("it creates them");
    let pool = Pool::<File>::file(folder.file()).build();
    let mut conn = pool.acquire_writer().await.expect("a connection");
    let newer = "UPDATE highball_migrations SET version = 7 WHERE battery = $1 RETURNING version";
    let values = vec![Value::Text("sessions".to_owned())];
    let rows = fetch::<File>(&mut conn, newer, values).await;
    assert_eq!(rows.expect("it runs"), [[Value::Int(7)]]);
    conn.release();
    let error = folder.store().check().await.expect_err("they are newer");
    assert_eq!(
        error.to_string(),
        "the store of the sessions has failed: the tables of the sessions in `File` have the version 7, and this \
         program has 1: run the newer program"
    );
}

#[tokio::test]
async fn connections_without_foreign_keys_are_refused() {
    let folder = Folder::new();
    let options = SqliteConnectOptions::new().filename(folder.file());
    let options = options.create_if_missing(true).foreign_keys(false);
    let store = Sql::new(Pool::<File>::builder(options).build());
    let error = store.migrate().await.expect_err("slots would be left");
    assert!(
        error.to_string().contains("`foreign_keys(false)`"),
        "{error}"
    );
}

/// SQLite has one writer, and here it does not wait for another one. So each call waits for its turn in the pool.
#[tokio::test(flavor = "multi_thread")]
async fn writers_of_one_program_do_not_lock_each_other_out() {
    let folder = Folder::new();
    let options = SqliteConnectOptions::new().filename(folder.file());
    let options = options.create_if_missing(true).busy_timeout(Duration::ZERO);
    let pool = Pool::<File>::builder(options).max(8).build();
    let store = Arc::new(Sql::new(pool));
    // A separate pool would close its last connection after it was dropped, and SQLite locks the file for that.
    store.migrate().await.expect("it creates them");
    let mut tasks = JoinSet::new();
    for number in 0..16 {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            let (first, second) = (Key::new([number; 32]), Key::new([number + 16; 32]));
            let (head, json) = (Head::default(), b"1".to_vec());
            store.create(&first, &head).await?;
            store.put(&first, "a", 0, &Data { schema: 1, json }).await?;
            store.touch(&first, 1, 2).await?;
            store.replace(&first, &second, &head, Some(9)).await?;
            store.end(&second).await
        });
    }
    for outcome in tasks.join_all().await {
        outcome.expect("the database is not locked");
    }
}

#[tokio::test]
async fn a_sweep_takes_more_than_one_statement_removes() {
    let folder = Folder::new();
    let store = folder.store();
    let mut head = Head::default();
    for number in 0..1_201_u32 {
        let mut key = [0; 32];
        key[..4].copy_from_slice(&number.to_be_bytes());
        head.expires = if number == 0 { 9 } else { 5 };
        let created = store.create(&Key::new(key), &head).await;
        assert!(created.expect("it answers"));
    }
    assert_eq!(store.sweep(4).await.expect("it answers"), 0);
    assert_eq!(store.sweep(5).await.expect("it answers"), 1_200);
    let left = store.load(&Key::new([0; 32]), 0).await;
    assert!(left.expect("it answers").is_some());
}
