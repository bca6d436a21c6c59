//! apalis in SQLite and Redis.

use std::time::Duration;

use apalis::prelude::*;
use apalis_redis::RedisStorage;
use apalis_sqlite::{Config, SqliteStorage};
use highball_db::sqlx;
use serde::{Deserialize, Serialize};

use crate::{
    FINISHED, Failure, WAITING, WORKERS,
    place::{Folder, Redis},
    tally::{Measured, Tally, now},
};

const QUEUE: &str = "mail";

/// The pause between two looks for jobs. Without it, a job that came later waited for about 20 seconds.
const POLL: Duration = Duration::from_millis(100);

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Mail {
    published: u64,
    to: String,
}

async fn send(mail: Mail, tally: Data<Tally>) -> Result<(), BoxDynError> {
    tally.runs(mail.published);
    Ok(())
}

/// Runs the same for each backend, whose types differ.
macro_rules! measure {
    ($storage:expr, $backend:expr) => {{
        let (storage, tally) = ($storage, Tally::default());
        for _ in 0..WAITING / 100 {
            storage.clone().push_bulk(vec![mail(0); 100]).await?;
        }
        let worker = WorkerBuilder::new("mail-1")
            .backend($backend)
            .data(tally.clone())
            .concurrency(WORKERS)
            .build(send);
        let working =
            tokio::spawn(async move { worker.run().await.map_err(|error| error.to_string()) });
        let measured = tally.measure(async || {
            storage.clone().push(mail(now())).await?;
            Ok(())
        });
        let measured = measured.await;
        match working.is_finished() {
            true => eprintln!("the worker has ended: {:?}", working.await),
            false => {
                working.abort();
                drop(working.await);
            }
        }
        measured
    }};
}

pub async fn sqlite() -> Result<Measured, Failure> {
    let folder = Folder::new()?;
    let file = folder.file("jobs.db");
    // The mode of the journal is kept in the file, and SQLite syncs each commit by default.
    let url = format!("sqlite://{}?mode=rwc", file.display());
    let (pool, changes) = SqliteStorage::connect_with_callback(&url)?;
    sqlx::query("PRAGMA journal_mode = WAL")
        .execute(&pool)
        .await?;
    SqliteStorage::migrations().run(&pool).await?;
    let synced: i64 = sqlx::query_scalar("PRAGMA synchronous")
        .fetch_one(&pool)
        .await?;
    assert_eq!(synced, 2, "full");
    let fill = "INSERT INTO Jobs (job, id, job_type, status, attempts, done_at)
        WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < $1)
        SELECT CAST('{}' AS BLOB), printf('%026d', n), $2, 'Done', 1, 0 FROM numbers";
    let fill = sqlx::query(fill).bind(i64::try_from(FINISHED)?).bind(QUEUE);
    fill.execute(&pool).await?;
    let config = Config::default().queue(QUEUE);
    let storage = SqliteStorage::<Mail>::new(&pool).with_config(config);
    let backend = storage.clone().with_callback(changes);
    let measured = measure!(storage, backend.poll_with_interval(POLL));
    pool.close().await;
    measured
}

pub async fn redis() -> Result<Measured, Failure> {
    let server = Redis::start()?;
    let conn = apalis_redis::connect(server.url()).await?;
    let storage = RedisStorage::<Mail>::new(conn);
    measure!(storage.clone(), storage.poll_with_interval(POLL))
}

fn mail(published: u64) -> Mail {
    let to = "ada@example.org".to_owned();
    Mail { published, to }
}
