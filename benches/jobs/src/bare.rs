//! A table of PostgreSQL without a library.

use std::time::Duration;

use highball_db::sqlx::{self, PgPool, postgres::PgPoolOptions};
use tokio::task::JoinSet;

use crate::{
    FINISHED, Failure, WAITING, WORKERS,
    place::Schema,
    tally::{Measured, Tally, now},
};

/// How long an idle worker waits.
const POLL: Duration = Duration::from_millis(10);

const CLAIM: &str = "UPDATE jobs SET state = 1 WHERE id = (
    SELECT id FROM jobs WHERE state = 0 ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id, published";

pub async fn measure() -> Result<Measured, Failure> {
    let schema = Schema::new().await?;
    let pool = PgPoolOptions::new().max_connections(10);
    let pool = pool.connect_with(schema.options()).await?;
    for statement in [
        "CREATE TABLE jobs (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, state INT NOT NULL DEFAULT 0,
            published BIGINT NOT NULL, receiver TEXT NOT NULL)",
        "CREATE INDEX jobs_waiting ON jobs (id) WHERE state = 0",
    ] {
        sqlx::query(statement).execute(&pool).await?;
    }
    let fill = "INSERT INTO jobs (state, published, receiver)
        SELECT $1, 0, 'ada@example.org' FROM generate_series(1, $2)";
    for (state, number) in [(2, FINISHED), (0, WAITING as u64)] {
        let fill = sqlx::query(fill).bind(state).bind(i64::try_from(number)?);
        fill.execute(&pool).await?;
    }
    sqlx::query("VACUUM ANALYZE jobs").execute(&pool).await?;
    let (tally, mut workers) = (Tally::default(), JoinSet::new());
    for _ in 0..WORKERS {
        workers.spawn(work(pool.clone(), tally.clone()));
    }
    let measured = tally.measure(async || {
        let push =
            sqlx::query("INSERT INTO jobs (published, receiver) VALUES ($1, 'ada@example.org')");
        push.bind(i64::try_from(now())?).execute(&pool).await?;
        Ok(())
    });
    let measured = measured.await;
    drop(workers);
    pool.close().await;
    schema.drop().await?;
    measured
}

async fn work(pool: PgPool, tally: Tally) -> Result<(), Failure> {
    loop {
        let claimed = sqlx::query_as::<_, (i64, i64)>(CLAIM)
            .fetch_optional(&pool)
            .await?;
        let Some((id, published)) = claimed else {
            tokio::time::sleep(POLL).await;
            continue;
        };
        tally.runs(u64::try_from(published)?);
        let done = sqlx::query("UPDATE jobs SET state = 2 WHERE id = $1").bind(id);
        done.execute(&pool).await?;
    }
}
