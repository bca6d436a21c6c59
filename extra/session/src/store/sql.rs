//! Sessions in SQLite or PostgreSQL.

mod rows;
mod statements;

use std::fmt;

use highball_db::{
    Database, Lent, Pool,
    battery::{self, Value},
    sqlx::{self, Database as _, error::ErrorKind},
};
use tokio::sync::OnceCell;

use self::{
    rows::{Columns, head, key, number},
    statements as sql,
};
use crate::{
    Key,
    store::{Data, Head, Loaded, Millis, Put, Store, StoreError},
};

/// Sessions in a database, in the tables `highball_sessions`, `highball_session_slots` and `highball_session_keys`.
///
/// [`migrate`](Self::migrate) creates the tables, or else the first session does. Each method is one statement, apart
/// from [`replace`](Store::replace), which is a transaction. After a change that another process has made first, a
/// second statement reads it.
///
/// An acknowledged change, login or log-out survives a crash of the database, as far as its settings allow it. The time
/// of the last use is the exception: PostgreSQL does not wait for the disk to store it.
///
/// Give the sessions a separate pool. A handler that holds a connection and changes a session in the same pool may wait
/// for itself: until the change fails with 503 if all connections are in use by such handlers, and always if it holds
/// a `Tx` of SQLite, which has one writer. With SQLite, the separate pool needs a separate file.
///
/// # Examples
/// ```no_run
/// use highball::prelude::*;
/// use highball_db::{Pool, Postgres, database};
/// use highball_session::{Sessions, store::Sql};
///
/// database!(SessionDb: Postgres);
///
/// # #[routes(app)] struct Api();
/// # #[derive(State)] struct AppState { sessions: Sessions }
/// #[highball::main]
/// async fn main() -> highball::Result {
///     let pool = Pool::<SessionDb>::builder("postgres://localhost/shop".parse()?).build();
///     let store = Sql::new(pool.clone());
///     store.migrate().await?;
///     let sessions = Sessions::new(store);
///     highball::serve(Api)
///         .state(AppState { sessions: sessions.clone() })
///         .install(pool)
///         .install(sessions)
///         .await
/// }
/// ```
pub struct Sql<D: Database> {
    pool: Pool<D>,
    is_migrated: OnceCell<()>,
}

impl<D: Database> Sql<D> {
    /// Keeps sessions in the database of this pool.
    ///
    /// # Examples
    /// ```
    /// use highball_db::{Pool, Sqlite, database};
    /// use highball_session::{Sessions, store::Sql};
    ///
    /// database!(SessionDb: Sqlite);
    ///
    /// let pool = Pool::<SessionDb>::file("sessions.db").build();
    /// let sessions = Sessions::new(Sql::new(pool));
    /// ```
    pub fn new(pool: Pool<D>) -> Self {
        Self {
            pool,
            is_migrated: OnceCell::new(),
        }
    }

    /// Creates the tables, or changes those of an older version of this package. Several processes may do it at once.
    ///
    /// The first use of the store does it as well. A call at the start shows an error early, and lets a user of the
    /// database run it that may create tables.
    ///
    /// # Errors
    /// Returns an error if the database fails, or if it has tables of a newer version of this package.
    ///
    /// # Examples
    /// ```
    /// use highball_db::{Pool, Sqlite, database};
    /// use highball_session::store::Sql;
    ///
    /// database!(SessionDb: Sqlite);
    ///
    /// # highball::block_on(async {
    /// Sql::new(Pool::<SessionDb>::memory().build()).migrate().await?;
    /// # Ok::<(), highball::Error>(())
    /// # }).unwrap();
    /// ```
    pub async fn migrate(&self) -> highball::Result {
        let migrate = || async {
            battery::migrate(&self.pool, "sessions", sql::MIGRATIONS).await?;
            check_foreign_keys(&self.pool).await
        };
        self.is_migrated.get_or_try_init(migrate).await?;
        Ok(())
    }

    async fn ready(&self) -> Result<(), StoreError> {
        match self.is_migrated.initialized() {
            true => Ok(()),
            false => self
                .migrate()
                .await
                .map_err(|error| StoreError::new(error.to_string())),
        }
    }

    /// Runs a statement that reads.
    async fn read(&self, sql: &'static str, values: Vec<Value>) -> Result<Rows, StoreError> {
        self.ready().await?;
        let conn = self.pool.acquire().await.map_err(StoreError::new)?;
        run(conn, sql, values).await.map_err(StoreError::new)
    }

    /// Runs a statement that writes.
    async fn write(&self, sql: &'static str, values: Vec<Value>) -> Result<Rows, Failed> {
        self.ready().await?;
        let conn = self.pool.acquire_writer().await.map_err(StoreError::new)?;
        run(conn, sql, values).await.map_err(Failed::Sql)
    }

    /// Gives a session another key. The caller commits, or drops the transaction.
    async fn replace_in(
        &self,
        conn: &mut <D::Engine as sqlx::Database>::Connection,
        (old, new): (&Key, &Key),
        new_head: &Head,
        kept_until: Option<Millis>,
    ) -> Result<bool, sqlx::Error> {
        let mut values = head(old, new_head);
        values.push(key(new));
        if battery::fetch::<D>(conn, sql::REPLACE, values)
            .await?
            .is_empty()
        {
            return Ok(false);
        }
        match kept_until {
            None => battery::fetch::<D>(conn, sql::DROP_KEPT, vec![key(new)]).await?,
            Some(until) => {
                let values = vec![key(old), key(new), number(until)];
                battery::fetch::<D>(conn, sql::KEEP, values).await?
            }
        };
        Ok(true)
    }
}

impl<D: Database> Store for Sql<D> {
    async fn create(&self, key: &Key, head: &Head) -> Result<bool, StoreError> {
        let rows = self.write(sql::CREATE, rows::head(key, head)).await?;
        Ok(!rows.is_empty())
    }

    async fn load(&self, key: &Key, now: Millis) -> Result<Option<Loaded>, StoreError> {
        let values = vec![rows::key(key), number(now)];
        let rows = self.read(sql::LOAD, values).await?;
        loaded(rows).map_err(StoreError::new)
    }

    async fn put(
        &self,
        key: &Key,
        slot: &str,
        expected: u64,
        data: &Data,
    ) -> Result<Put, StoreError> {
        let name = Value::Text(slot.to_owned());
        let values = vec![
            rows::key(key),
            name.clone(),
            number(expected),
            number(data.schema.into()),
            Value::Bytes(data.json.clone()),
        ];
        let done = match self.write(sql::PUT, values).await {
            Err(failed) if failed.is(ErrorKind::ForeignKeyViolation) => return Ok(Put::Ended),
            done => done?,
        };
        if let Some(version) = first(done).and_then(|value| value.int()) {
            return Ok(Put::Done(version.unsigned_abs()));
        }
        let current = self.read(sql::CURRENT, vec![rows::key(key), name]).await?;
        match current.into_iter().next() {
            None => Ok(Put::Ended),
            Some(row) => {
                let slot = Columns::new(row).slot().map_err(StoreError::new)?;
                Ok(Put::Conflict(slot))
            }
        }
    }

    async fn touch(&self, key: &Key, seen: Millis, expires: Millis) -> Result<(), StoreError> {
        let touch = match is_postgres::<D>() {
            true => sql::TOUCH_POSTGRES,
            false => sql::TOUCH,
        };
        let values = vec![rows::key(key), number(seen), number(expires)];
        self.write(touch, values).await?;
        Ok(())
    }

    async fn replace(
        &self,
        old: &Key,
        new: &Key,
        head: &Head,
        kept_until: Option<Millis>,
    ) -> Result<bool, StoreError> {
        self.ready().await?;
        let mut transaction = self.pool.begin().await.map_err(StoreError::new)?;
        let replaced = self.replace_in(&mut transaction, (old, new), head, kept_until);
        match replaced.await.map_err(Failed::Sql) {
            // A session with the new key was created meanwhile.
            Err(failed) if failed.is(ErrorKind::UniqueViolation) => Ok(false),
            Err(failed) => Err(failed.into()),
            Ok(false) => Ok(false),
            Ok(true) => {
                transaction.commit().await.map_err(StoreError::new)?;
                Ok(true)
            }
        }
    }

    async fn end(&self, key: &Key) -> Result<bool, StoreError> {
        let rows = self.write(sql::END, vec![rows::key(key)]).await?;
        Ok(!rows.is_empty())
    }

    async fn open(&self) -> Result<(), StoreError> {
        self.ready().await
    }

    async fn of_user(&self, user: &str) -> Result<Vec<(Key, Head)>, StoreError> {
        let values = vec![Value::Text(user.to_owned())];
        let rows = self.read(sql::OF_USER, values).await?.into_iter();
        let sessions = rows.map(|row| {
            let mut columns = Columns::new(row);
            Ok((columns.key()?, columns.head()?))
        });
        sessions
            .collect::<Result<_, sqlx::Error>>()
            .map_err(StoreError::new)
    }

    async fn sweep(&self, now: Millis) -> Result<usize, StoreError> {
        let sweep = match is_postgres::<D>() {
            true => sql::SWEEP_POSTGRES,
            false => sql::SWEEP,
        };
        let mut swept = 0;
        loop {
            let rows = self.write(sweep, vec![number(now)]).await?;
            swept += rows.len();
            if rows.len() < sql::SWEEP_AT_ONCE {
                break;
            }
        }
        self.write(sql::SWEEP_KEPT, vec![number(now)]).await?;
        Ok(swept)
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.read(sql::CHECK, Vec::new()).await.map(drop)
    }
}

type Rows = Vec<Vec<Value>>;

/// Runs a statement, and returns the connection.
async fn run<D: Database>(
    mut conn: Lent<D>,
    sql: &'static str,
    values: Vec<Value>,
) -> Result<Rows, sqlx::Error> {
    let rows = battery::fetch::<D>(&mut conn, sql, values).await?;
    conn.release();
    Ok(rows)
}

fn first(rows: Rows) -> Option<Value> {
    rows.into_iter().next()?.into_iter().next()
}

/// Reads a session from the rows of its slots.
fn loaded(rows: Rows) -> Result<Option<Loaded>, sqlx::Error> {
    let mut loaded = None;
    for row in rows {
        let mut columns = Columns::new(row);
        let (key, head) = (columns.key()?, columns.head()?);
        let Loaded { slots, .. } = loaded.get_or_insert_with(|| Loaded::new(key, head, Vec::new()));
        slots.extend(columns.named_slot()?);
    }
    Ok(loaded)
}

fn is_postgres<D: Database>() -> bool {
    D::Engine::NAME == "PostgreSQL"
}

/// Slots follow their session by foreign keys, which options of a connection can disable in SQLite.
async fn check_foreign_keys<D: Database>(pool: &Pool<D>) -> highball::Result {
    if is_postgres::<D>() {
        return Ok(());
    }
    let conn = pool.acquire().await?;
    let rows = run(conn, "PRAGMA foreign_keys", Vec::new()).await?;
    match first(rows).and_then(|value| value.int()) {
        Some(1) => Ok(()),
        _ => Err(highball::Error::new(format!(
            "the sessions in `{}` need foreign keys: remove `foreign_keys(false)` from its options",
            D::NAME
        ))),
    }
}

/// Why a statement has failed.
enum Failed {
    Store(StoreError),
    Sql(sqlx::Error),
}

impl Failed {
    fn is(&self, kind: ErrorKind) -> bool {
        match self {
            Self::Sql(sqlx::Error::Database(error)) => error.kind() == kind,
            _ => false,
        }
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Failed> for StoreError {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Store(error) => error,
            Failed::Sql(error) => Self::new(error),
        }
    }
}

impl<D: Database> fmt::Debug for Sql<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sql")
            .field("pool", &self.pool)
            .finish_non_exhaustive()
    }
}
