//! A lock for the instances of several machines.

use std::{fmt, time::Duration};

use highball::{Error, Result};
use highball_db::{
    Database, Pool,
    battery::{Value, fetch, migrate},
};
use jiff::Timestamp;
use tokio::{sync::OnceCell, time::timeout};

use crate::lock::{Lock, Locking};

const MIGRATIONS: &[&[&str]] = &[&["CREATE TABLE highball_recovery_locks (
    name TEXT NOT NULL PRIMARY KEY, holder TEXT NOT NULL, until BIGINT NOT NULL)"]];

const TAKE: &str = "INSERT INTO highball_recovery_locks (name, holder, until) VALUES ($1, $2, $3)
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
    WHERE highball_recovery_locks.holder = excluded.holder OR highball_recovery_locks.until <= $4
    RETURNING until";

const GIVE_BACK: &str =
    "DELETE FROM highball_recovery_locks WHERE name = $1 AND holder = $2 RETURNING until";

/// How long the database may take. Alertmanager waits for 10 s.
const PATIENCE: Duration = Duration::from_secs(5);

/// A [`Lock`] for the instances of several machines: a row in a database that all of them use.
///
/// Each app that shares a database has its own name. The row has a time at which the lease ends, by the clocks of the
/// machines, which may differ by some seconds: a lease of a restart lasts 5 minutes. While the database cannot be
/// reached within 5 s, no instance restarts.
///
/// # Examples
/// ```
/// use highball_db::{Pool, Sqlite, database};
/// use highball_recovery::{Lock, SqlLock};
/// use std::time::Duration;
///
/// database!(Shop: Sqlite);
///
/// # highball::block_on(async {
/// let lock = SqlLock::new("shop", Pool::<Shop>::memory().build());
/// assert!(lock.acquire("first", Duration::from_secs(300)).await?);
/// assert!(!lock.acquire("second", Duration::from_secs(300)).await?);
/// # Ok::<(), highball::Error>(())
/// # }).unwrap();
/// ```
pub struct SqlLock<D: Database> {
    name: String,
    pool: Pool<D>,
    is_migrated: OnceCell<()>,
}

impl<D: Database> SqlLock<D> {
    /// Names the lock of an app in the database of this pool. Its table is created when it is first used.
    pub fn new(name: &str, pool: Pool<D>) -> Self {
        Self {
            name: name.to_owned(),
            pool,
            is_migrated: OnceCell::new(),
        }
    }

    /// Runs a statement, and returns whether it has changed the row.
    async fn changes(&self, statement: &'static str, values: Vec<Value>) -> Result<bool> {
        let change = async {
            let migrated = || migrate(&self.pool, "recovery", MIGRATIONS);
            self.is_migrated.get_or_try_init(migrated).await?;
            let mut conn = self.pool.acquire_writer().await?;
            let rows = fetch::<D>(&mut conn, statement, values).await?;
            conn.release();
            Ok(!rows.is_empty())
        };
        let changed = timeout(PATIENCE, change).await;
        changed.unwrap_or_else(|_| {
            Err(Error::new(format!(
                "the lock of the recovery in `{}` has not answered within {PATIENCE:?}",
                D::NAME
            )))
        })
    }
}

impl<D: Database> Lock for SqlLock<D> {
    fn acquire<'l>(&'l self, holder: &'l str, lease: Duration) -> Locking<'l, bool> {
        let now = Timestamp::now().as_millisecond();
        let lease = i64::try_from(lease.as_millis()).unwrap_or(i64::MAX);
        let texts = [&self.name, holder].map(|text| Value::Text(text.to_owned()));
        let times = [now.saturating_add(lease), now].map(Value::Int);
        Box::pin(self.changes(TAKE, texts.into_iter().chain(times).collect()))
    }

    fn release<'l>(&'l self, holder: &'l str) -> Locking<'l, ()> {
        let texts = [&self.name, holder].map(|text| Value::Text(text.to_owned()));
        Box::pin(async move { self.changes(GIVE_BACK, texts.to_vec()).await.map(drop) })
    }
}

impl<D: Database> fmt::Debug for SqlLock<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqlLock")
            .field("name", &self.name)
            .field("database", &D::NAME)
            .finish_non_exhaustive()
    }
}
