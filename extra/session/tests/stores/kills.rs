//! A process that is killed while it changes a slot.

use std::{
    env,
    io::{BufRead as _, BufReader, Write as _},
    process::{Command, Stdio},
    time::Duration,
};

use highball_db::{Pool, sqlx::postgres::PgConnectOptions};
use highball_session::{
    Key,
    store::{Data, Head, Put, Sql, Store},
};

use crate::backends::{File, Folder, Main, Schema};

const KILLS: u64 = 20;
const KEY: Key = Key::new([7; 32]);
/// How often the number is repeated in the slot, which is then longer than a page of the database.
const LENGTH: usize = 4_000;

/// The program that is killed: it changes the slot again and again, and prints each version that is acknowledged.
///
/// The variables of the environment have the place of the store. Without them, it is no test.
#[tokio::test]
async fn child() {
    if let Ok(file) = env::var("HIGHBALL_SESSION_FILE") {
        change_for_ever(&Sql::new(Pool::<File>::file(file).build())).await;
    } else if let Ok(schema) = env::var("HIGHBALL_SESSION_SCHEMA") {
        let url = env::var("HIGHBALL_TEST_POSTGRES").expect("a URL");
        let options: PgConnectOptions = url.parse().expect("a URL");
        let options = options.options([("search_path", schema.as_str())]);
        change_for_ever(&Sql::new(Pool::<Main>::builder(options).build())).await;
    }
}

async fn change_for_ever(store: &impl Store) {
    let mut version = version(store).await;
    loop {
        let put = store.put(&KEY, "a", version, &data(version + 1)).await;
        assert_eq!(put.expect("it answers"), Put::Done(version + 1));
        version += 1;
        println!("\nversion {version}");
        std::io::stdout().flush().expect("the parent reads");
    }
}

fn data(version: u64) -> Data {
    let json = format!("{version} ").repeat(LENGTH).into_bytes();
    Data { schema: 1, json }
}

/// Returns the version of the slot, which must be whole.
async fn version(store: &impl Store) -> u64 {
    let loaded = store.load(&KEY, 0).await.expect("it answers");
    let loaded = loaded.expect("there is a session");
    let Some((_, slot)) = loaded.slots.first() else {
        return 0;
    };
    assert!(slot.data == data(slot.version), "the slot is torn");
    slot.version
}

/// Kills the program once, and returns the last version that it has printed.
fn kill_once(variable: (&str, &str), after: Duration) -> u64 {
    let mut child = Command::new(env::current_exe().expect("this program"))
        .args(["--exact", "kills::child", "--nocapture"])
        .env(variable.0, variable.1)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let mut versions = lines.map_while(Result::ok).filter_map(|line| {
        let version = line.strip_prefix("version ")?;
        version.parse::<u64>().ok()
    });
    let first = versions.next().expect("it changes the slot");
    std::thread::sleep(after);
    child.kill().expect("it runs");
    let last = versions.last().unwrap_or(first);
    child.wait().expect("it has ended");
    last
}

async fn no_slot_is_torn(store: impl Store, variable: (&'static str, String)) {
    let mut head = Head::default();
    head.expires = 3_600_000;
    assert!(store.create(&KEY, &head).await.expect("it answers"));
    for round in 0..KILLS {
        let (name, value) = variable.clone();
        let after = Duration::from_micros(round * 1_777);
        let killed = tokio::task::spawn_blocking(move || kill_once((name, &value), after));
        let acknowledged = killed.await.expect("it ends");
        // PostgreSQL may still end the last statement of the process.
        tokio::time::sleep(Duration::from_millis(20)).await;
        let version = version(&store).await;
        println!("{acknowledged} acknowledged, {version} in the store");
        assert!((acknowledged..=acknowledged + 1).contains(&version));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_slot_in_sqlite_is_torn() {
    let folder = Folder::new();
    let file = folder.file().display().to_string();
    no_slot_is_torn(folder.store(), ("HIGHBALL_SESSION_FILE", file)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_slot_in_postgres_is_torn() {
    let Some(schema) = Schema::new().await else {
        return;
    };
    let name = schema.name().to_owned();
    no_slot_is_torn(schema.store(), ("HIGHBALL_SESSION_SCHEMA", name)).await;
}
