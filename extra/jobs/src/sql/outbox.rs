//! Jobs that wait in the database of the app until they are published to a broker.

use highball_db::{
    Database, Engine, InTransaction, Pool,
    battery::{self, Value},
};
use tokio::sync::OnceCell;

use super::{Sql, array, duration, optional, rows, size, text};
use crate::{
    backend::{Backend as _, BackendError, Count, JobId, Millis, NewJob, Work},
    relay::{LEASE, OutboxTable, Row},
};

const SQLITE: &[&[&str]] = &[&[
    "CREATE TABLE highball_job_outbox (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL DEFAULT (lower(hex(randomblob(16)))),
        name TEXT NOT NULL, version BIGINT NOT NULL, payload TEXT NOT NULL, due BIGINT NOT NULL,
        next BIGINT NOT NULL, created BIGINT NOT NULL, producer TEXT NOT NULL, trace TEXT,
        order_key TEXT, unique_key TEXT, unique_for BIGINT NOT NULL)",
    NEXT,
], &[LIMIT_KEY]];

const POSTGRES: &[&[&str]] = &[
    &[
        "CREATE TABLE highball_job_outbox (
        seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        id TEXT NOT NULL DEFAULT replace(CAST(gen_random_uuid() AS TEXT), '-', ''),
        name TEXT NOT NULL, version BIGINT NOT NULL, payload TEXT NOT NULL, due BIGINT NOT NULL,
        next BIGINT NOT NULL, created BIGINT NOT NULL, producer TEXT NOT NULL, trace TEXT,
        order_key TEXT, unique_key TEXT, unique_for BIGINT NOT NULL)",
        NEXT,
    ],
    &[LIMIT_KEY],
];

const LIMIT_KEY: &str = "ALTER TABLE highball_job_outbox ADD COLUMN limit_key TEXT";

const NEXT: &str = "CREATE INDEX highball_job_outbox_next ON highball_job_outbox (next, seq)";

/// $1 name, $2 version, $3 payload, $4 due, $5 when a relay may take it, $6 now, $7 producer, $8 trace, $9 key of the
/// order, $10 unique key, $11 the time of the unique key, $12 limit key.
const INSERT: &str = "INSERT INTO highball_job_outbox
    (name, version, payload, due, next, created, producer, trace, order_key, unique_key, unique_for,
        limit_key)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id";

/// Gives rows to a relay until the end of its lease. $1 now, $2 most, $3 end of the lease.
macro_rules! take {
    ($lock:literal) => {
        concat!(
            "WITH picked AS MATERIALIZED (
                SELECT seq AS picked_seq FROM highball_job_outbox WHERE next <= $1 ORDER BY next, seq LIMIT $2 ",
            $lock,
            ") UPDATE highball_job_outbox SET next = $3 FROM picked WHERE seq = picked_seq
            RETURNING seq, id, name, version, payload, due, created, producer, trace,
                order_key, unique_key, unique_for, limit_key"
        )
    };
}

const TAKE_SQLITE: &str = take!("");
const TAKE_POSTGRES: &str = take!("FOR UPDATE SKIP LOCKED");

/// $1 the rows as a JSON array.
const REMOVE_SQLITE: &str =
    "DELETE FROM highball_job_outbox WHERE seq IN (SELECT value FROM json_each($1))";
const REMOVE_POSTGRES: &str = "DELETE FROM highball_job_outbox
    WHERE seq IN (SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST($1 AS JSON)))";

/// $1 the rows as a JSON array, $2 when a relay may take them again.
const PUT_BACK_SQLITE: &str =
    "UPDATE highball_job_outbox SET next = $2 WHERE seq IN (SELECT value FROM json_each($1))";
const PUT_BACK_POSTGRES: &str = "UPDATE highball_job_outbox SET next = $2
    WHERE seq IN (SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST($1 AS JSON)))";

/// All of them wait.
const COUNTS: &str = "SELECT name, 0, count(*), min(due) FROM highball_job_outbox GROUP BY name";

/// The table `highball_job_outbox` of a database.
pub(crate) struct SqlOutbox<D: Database> {
    sql: Sql<D>,
    is_prepared: OnceCell<()>,
}

impl<D: Database> SqlOutbox<D> {
    pub(crate) fn new(pool: &Pool<D>) -> Self {
        Self {
            sql: Sql::new(pool),
            is_prepared: OnceCell::new(),
        }
    }

    async fn create(&self) -> Result<(), BackendError> {
        let table = match D::Engine::ONE_WRITER {
            true => SQLITE,
            false => POSTGRES,
        };
        let migrated = battery::migrate(&self.sql.pool, "job outbox", table).await;
        migrated.map_err(BackendError::new)?;
        if !D::Engine::ONE_WRITER {
            self.sql.compare_clocks().await?;
        }
        Ok(())
    }

    async fn ready(&self) -> Result<(), BackendError> {
        self.is_prepared.get_or_try_init(|| self.create()).await?;
        Ok(())
    }

    /// Runs a statement that needs no other table.
    async fn run(
        &self,
        statement: &'static str,
        values: Vec<Value>,
    ) -> Result<rows::Rows, BackendError> {
        self.ready().await?;
        let conn = self.sql.pool.acquire_writer().await;
        super::run(conn.map_err(BackendError::new)?, statement, values).await
    }
}

/// Stores a job in the transaction of a caller, and returns its identity, which no other job ever has.
///
/// The number of the row is no such identity: after the restoration of a backup, another job has it.
pub(crate) async fn insert<T: InTransaction>(
    transaction: &mut T,
    job: &NewJob,
    next: Millis,
    now: Millis,
) -> highball::Result<JobId> {
    let values = vec![
        text(&*job.name),
        Value::Int(job.version.into()),
        text(&job.payload),
        Value::Int(job.due),
        Value::Int(next),
        Value::Int(now),
        text(&*job.producer),
        optional(job.trace.as_ref()),
        optional(job.order_key.as_ref()),
        optional(job.unique_key.as_ref()),
        // -1 is none.
        Value::Int(job.unique_for.map_or(-1, super::clamp)),
        optional(job.limit_key.as_ref()),
    ];
    let rows = battery::fetch::<T::Database>(transaction, INSERT, values).await?;
    let id = rows::first_text(rows);
    let id = id.ok_or_else(|| highball::Error::new("the outbox has returned no row"))?;
    Ok(JobId::new(id))
}

impl<D: Database> OutboxTable for SqlOutbox<D> {
    fn database(&self) -> &'static str {
        D::NAME
    }

    fn prepare(&self) -> Work<'_, ()> {
        Box::pin(self.ready())
    }

    fn time(&self, now: Millis) -> Millis {
        self.sql.time(now)
    }

    fn take(&self, most: usize, now: Millis) -> Work<'_, Vec<Row>> {
        Box::pin(async move {
            self.ready().await?;
            let (now, lease) = (self.time(now), duration(LEASE));
            let statement = match D::Engine::ONE_WRITER {
                true => TAKE_SQLITE,
                false => TAKE_POSTGRES,
            };
            let values = vec![Value::Int(now), size(most), Value::Int(now + lease)];
            rows::outbox(self.run(statement, values).await?)
        })
    }

    fn remove(&self, rows: Vec<i64>) -> Work<'_, ()> {
        Box::pin(async move {
            let statement = match D::Engine::ONE_WRITER {
                true => REMOVE_SQLITE,
                false => REMOVE_POSTGRES,
            };
            self.run(statement, vec![text(array(&rows))])
                .await
                .map(drop)
        })
    }

    fn put_back(&self, rows: Vec<i64>, next: Millis) -> Work<'_, ()> {
        Box::pin(async move {
            let statement = match D::Engine::ONE_WRITER {
                true => PUT_BACK_SQLITE,
                false => PUT_BACK_POSTGRES,
            };
            let values = vec![text(array(&rows)), Value::Int(self.time(next))];
            self.run(statement, values).await.map(drop)
        })
    }

    fn counts(&self) -> Work<'_, Vec<Count>> {
        Box::pin(async move {
            self.ready().await?;
            if !D::Engine::ONE_WRITER {
                self.sql.compare_clocks().await?;
            }
            rows::counts(self.sql.read(COUNTS, Vec::new()).await?)
        })
    }

    fn last_tick(&self, schedule: String, now: Millis) -> Work<'_, Millis> {
        self.sql.last_tick(schedule, now)
    }

    fn tick(
        &self,
        schedule: String,
        last: Millis,
        jobs: Vec<NewJob>,
        now: Millis,
    ) -> Work<'_, bool> {
        Box::pin(async move {
            self.ready().await?;
            let begun = self.sql.begin_tick(schedule, last, &jobs).await?;
            let Some(mut transaction) = begun else {
                return Ok(false);
            };
            for job in &jobs {
                let next = self.time(job.due);
                let inserted = insert(&mut transaction, job, next, now).await;
                inserted.map_err(BackendError::new)?;
            }
            transaction.commit().await.map_err(BackendError::new)?;
            Ok(true)
        })
    }
}
