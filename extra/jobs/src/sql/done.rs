//! The identities of jobs from a broker whose effect is in a database.

use highball_db::{
    Database, InTransaction, Pool,
    battery::{self, Value},
};

use super::text;
use crate::{
    backend::{BackendError, JobId, Millis, Work},
    done::DoneTable,
};

/// A name is part of the key, because other programs may give the same identity to jobs of different names.
const TABLE: &[&[&str]] = &[&[
    "CREATE TABLE highball_job_done (
        name TEXT NOT NULL, id TEXT NOT NULL, done BIGINT NOT NULL, PRIMARY KEY (name, id))",
    "CREATE INDEX highball_job_done_time ON highball_job_done (name, done)",
]];

/// $1 name, $2 job.
const HAS: &str = "SELECT done FROM highball_job_done WHERE name = $1 AND id = $2";

/// $1 name, $2 job, $3 now.
const ADD: &str = "INSERT INTO highball_job_done (name, id, done) VALUES ($1, $2, $3)
    ON CONFLICT DO NOTHING RETURNING done";

/// $1 name, $2 time.
const PRUNE: &str = "DELETE FROM highball_job_done WHERE name = $1 AND id IN (
    SELECT id FROM highball_job_done WHERE name = $1 AND done < $2 LIMIT 1000) RETURNING done";

/// The table `highball_job_done` of a database.
pub(crate) struct SqlDone<D: Database>(Pool<D>);

impl<D: Database> SqlDone<D> {
    /// Creates the table, if it is missing.
    pub(crate) async fn prepare(pool: &Pool<D>) -> highball::Result<Self> {
        battery::migrate(pool, "done jobs", TABLE).await?;
        Ok(Self(pool.clone()))
    }
}

/// Returns whether the effect of a job is in the database.
pub(crate) async fn has<D: Database>(
    pool: &Pool<D>,
    name: &str,
    job: &JobId,
) -> highball::Result<bool> {
    let mut conn = pool.acquire().await?;
    let values = vec![text(name), text(job.as_str())];
    let rows = battery::fetch::<D>(&mut conn, HAS, values).await?;
    conn.release();
    Ok(!rows.is_empty())
}

/// Stores in a transaction that it has the effect of a job. Returns `false` if another one has it.
pub(crate) async fn add<T: InTransaction>(
    transaction: &mut T,
    name: &str,
    job: &JobId,
    now: Millis,
) -> highball::Result<bool> {
    let values = vec![text(name), text(job.as_str()), Value::Int(now)];
    let rows = battery::fetch::<T::Database>(transaction, ADD, values).await?;
    Ok(!rows.is_empty())
}

impl<D: Database> DoneTable for SqlDone<D> {
    fn prune(&self, name: String, before: Millis) -> Work<'_, u64> {
        Box::pin(async move {
            let conn = self.0.acquire_writer().await;
            let values = vec![Value::Text(name), Value::Int(before)];
            let rows = super::run(conn.map_err(BackendError::new)?, PRUNE, values).await?;
            Ok(u64::try_from(rows.len()).unwrap_or(u64::MAX))
        })
    }
}
