//! highball-jobs in SQLite and PostgreSQL.

use std::time::SystemTime;

use highball::prelude::*;
use highball_db::{Database, Engine, Pool, Postgres, Sqlite, battery, database};
use highball_jobs::{
    Job, Jobs, Retry, Sql,
    backend::{Backend as _, NewJob},
    consumer,
};
use serde::{Deserialize, Serialize};

use crate::{
    FINISHED, Failure, WAITING,
    place::{Folder, Schema},
    tally::{Measured, Tally, now},
};

database!(File: Sqlite);
database!(Server: Postgres);

#[derive(Clone, State)]
struct AppState {
    tally: Tally,
}

#[derive(Serialize, Deserialize, Job)]
#[job("mail")]
struct Mail {
    published: u64,
    to: String,
}

#[consumer(timeout = secs(30), from = outside)]
async fn send(mail: Mail, tally: State<Tally>) -> Result<(), Retry> {
    tally.runs(mail.published);
    Ok(())
}

#[routes(app, jobs(send))]
struct Api();

pub async fn sqlite() -> Result<Measured, Failure> {
    let folder = Folder::new()?;
    let pool = Pool::<File>::file(folder.file("jobs.db")).build();
    measure(
        &pool,
        "INSERT INTO highball_jobs
            (name, version, payload, state, due, holds, unique_until, created, ended, producer)
        WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < $1)
        SELECT 'mail', 1, '{}', 2, 0, 0, 0, 0, $2, '' FROM numbers",
    )
    .await
}

pub async fn postgres() -> Result<Measured, Failure> {
    let schema = Schema::new().await?;
    let pool = Pool::<Server>::builder(schema.options()).build();
    let measured = measure(
        &pool,
        "INSERT INTO highball_jobs
            (name, version, payload, state, due, holds, unique_until, created, ended, producer)
        SELECT 'mail', 1, '{}', 2, 0, 0, 0, 0, $2, '' FROM generate_series(1, $1)",
    )
    .await?;
    pool.close().await;
    schema.drop().await?;
    Ok(measured)
}

async fn measure<D: Database>(pool: &Pool<D>, fill: &'static str) -> Result<Measured, Failure> {
    let (jobs, tally) = (Jobs::new(pool), Tally::default());
    jobs.prepare().await?;
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    let ended = i64::try_from(since.as_millis())?;
    let values = vec![
        battery::Value::Int(FINISHED.try_into()?),
        battery::Value::Int(ended),
    ];
    let mut conn = pool.acquire_writer().await?;
    battery::fetch::<D>(&mut conn, fill, values).await?;
    if !D::Engine::ONE_WRITER {
        battery::fetch::<D>(&mut conn, "VACUUM ANALYZE highball_jobs", Vec::new()).await?;
    }
    conn.release();
    store(&Sql::new(pool), ended).await?;

    let workers = jobs.workers(
        Api,
        &AppState {
            tally: tally.clone(),
        },
    );
    let serve = highball::serve(Api).state(AppState {
        tally: tally.clone(),
    });
    let serve = serve.install(workers).quiet().arguments(["worker"]);
    let serving = tokio::spawn(serve.into_future());
    let measured = tally.measure(async || {
        jobs.push(mail(now())).await?;
        Ok(())
    });
    let measured = measured.await;
    serving.abort();
    // Its end returns the connections.
    drop(serving.await);
    measured
}

/// Stores the jobs that wait.
async fn store<D: Database>(backend: &Sql<D>, now: i64) -> Result<(), Failure> {
    let payload = serde_json::to_string(&mail(0))?;
    let jobs = (0..WAITING).map(|_| NewJob {
        name: Mail::NAME.into(),
        version: 1,
        payload: payload.clone(),
        due: now,
        ..NewJob::default()
    });
    backend.push(jobs.collect(), now).await?;
    Ok(())
}

fn mail(published: u64) -> Mail {
    let to = "ada@example.org".to_owned();
    Mail { published, to }
}
