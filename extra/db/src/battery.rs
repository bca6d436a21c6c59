//! Statements for any engine, and migrations of tables, for the batteries of Highball.
//!
//! A battery keeps its data in the database of the app, which may have any engine. [`fetch`] runs a statement whose
//! text is the same for all engines, and [`migrate`] creates the tables, apart from the migrations of the app. A
//! [`Listener`] receives messages of other processes.
//!
//! # Examples
//! ```
//! use highball_db::{Pool, Sqlite, battery::{self, Value}, database};
//!
//! database!(Shop: Sqlite);
//!
//! const MIGRATIONS: &[&[&str]] = &[&["CREATE TABLE highball_marks (name TEXT PRIMARY KEY, n BIGINT)"]];
//!
//! # highball::block_on(async {
//! let pool = Pool::<Shop>::memory().build();
//! battery::migrate(&pool, "marks", MIGRATIONS).await?;
//!
//! let mut conn = pool.acquire_writer().await?;
//! let values = vec![Value::Text("a".into()), Value::Int(7)];
//! battery::fetch::<Shop>(&mut conn, "INSERT INTO highball_marks VALUES ($1, $2)", values).await?;
//! let rows = battery::fetch::<Shop>(&mut conn, "SELECT n FROM highball_marks", Vec::new()).await?;
//! assert_eq!(rows, [[Value::Int(7)]]);
//! conn.release();
//! # Ok::<(), highball::Error>(())
//! # }).unwrap();
//! ```

use highball::Error;

pub use crate::listener::Listener;
use crate::{
    database::{Connection, Database},
    engine::Engine,
    lent::Transaction,
    pool::Pool,
};

/// The key of the advisory lock of PostgreSQL: "highball" in ASCII.
const LOCK: i64 = 0x6869_6768_6261_6c6c;

/// A value of a statement or of a row.
///
/// # Examples
/// ```
/// use highball_db::battery::Value;
///
/// assert_eq!(Value::Int(7).int(), Some(7));
/// assert_eq!(Value::Null.text(), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Value {
    /// No value. As a parameter, it has the type of a text.
    Null,
    /// A `BIGINT`.
    Int(i64),
    /// A `TEXT`.
    Text(String),
    /// A `BYTEA`, which is a `BLOB` in SQLite.
    Bytes(Vec<u8>),
}

impl Value {
    /// Returns the number, if it is one.
    pub fn int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// Returns the text, if it is one.
    pub fn text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the bytes, if it has some.
    pub fn bytes(self) -> Option<Vec<u8>> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }
}

/// Runs a statement with these values for `$1`, `$2` and so on, and returns its rows.
///
/// Columns have the types of [`Value`].
///
/// # Examples
/// ```
/// use highball_db::{Pool, Sqlite, battery::{Value, fetch}, database};
///
/// database!(Shop: Sqlite);
///
/// # highball::block_on(async {
/// let mut conn = Pool::<Shop>::memory().build().acquire().await?;
/// let rows = fetch::<Shop>(&mut conn, "SELECT $1 + 1", vec![Value::Int(6)]).await?;
/// assert_eq!(rows, [[Value::Int(7)]]);
/// # Ok::<(), highball::Error>(())
/// # }).unwrap();
/// ```
///
/// # Errors
/// Returns the error of the driver, also for a column of another type.
///
/// # Cancel safety
/// If the future is dropped, the statement may have had its effect or not.
pub async fn fetch<D: Database>(
    conn: &mut Connection<D>,
    statement: &'static str,
    values: Vec<Value>,
) -> Result<Vec<Vec<Value>>, sqlx::Error> {
    D::Engine::fetch(conn, statement, values).await
}

/// Creates or changes the tables of a battery. Each migration is a list of statements, and its number is its place in
/// the list, from 1.
///
/// All missing migrations run in one transaction, so that none is half done. Several processes may start at once: the
/// first one runs them, and the others wait. The table `highball_migrations` has the number of each battery. If nothing
/// is missing, it is only read.
///
/// # Examples
/// ```
/// use highball_db::{Pool, Sqlite, battery::migrate, database};
///
/// database!(Shop: Sqlite);
///
/// const FIRST: &[&str] = &["CREATE TABLE highball_marks (name TEXT PRIMARY KEY)"];
/// const SECOND: &[&str] = &["ALTER TABLE highball_marks ADD COLUMN n BIGINT"];
///
/// # highball::block_on(async {
/// let pool = Pool::<Shop>::memory().build();
/// migrate(&pool, "marks", &[FIRST]).await?;
/// migrate(&pool, "marks", &[FIRST, SECOND]).await?;
/// # Ok::<(), highball::Error>(())
/// # }).unwrap();
/// ```
///
/// # Errors
/// Returns an error if the database fails, or if it has a migration that this program does not have.
pub async fn migrate<D: Database>(
    pool: &Pool<D>,
    battery: &'static str,
    migrations: &'static [&'static [&'static str]],
) -> highball::Result {
    let mut conn = pool.acquire().await?;
    // Before the first migration there is no such table.
    if let Ok(Some(version)) = version::<D>(&mut conn, battery).await
        && is_done::<D>(battery, migrations.len(), version)?
    {
        conn.release();
        return Ok(());
    }
    // A pool may have one connection.
    drop(conn);
    let mut transaction = pool.begin().await?;
    run(&mut transaction, battery, migrations).await?;
    Ok(transaction.commit().await?)
}

async fn run<D: Database>(
    transaction: &mut Transaction<D>,
    battery: &'static str,
    migrations: &'static [&'static [&'static str]],
) -> highball::Result {
    // The transaction of SQLite has the lock of the file.
    if !D::Engine::ONE_WRITER {
        // A snapshot from before the lock would not show the tables that another process has created meanwhile.
        let level = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED";
        fetch::<D>(transaction, level, Vec::new()).await?;
        let lock = "SELECT 1 FROM (SELECT pg_advisory_xact_lock($1)) AS locked";
        fetch::<D>(transaction, lock, vec![Value::Int(LOCK)]).await?;
    }
    let table = "CREATE TABLE IF NOT EXISTS highball_migrations (
        battery TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL)";
    fetch::<D>(transaction, table, Vec::new()).await?;
    let version = version::<D>(transaction, battery).await?.unwrap_or(0);
    if is_done::<D>(battery, migrations.len(), version)? {
        return Ok(());
    }
    for migration in &migrations[version..] {
        for statement in *migration {
            fetch::<D>(transaction, statement, Vec::new()).await?;
        }
    }
    let store = "INSERT INTO highball_migrations (battery, version) VALUES ($1, $2)
        ON CONFLICT (battery) DO UPDATE SET version = excluded.version";
    let values = vec![Value::Text(battery.to_owned()), number(migrations.len())];
    fetch::<D>(transaction, store, values).await?;
    Ok(())
}

/// Returns the number of the last migration.
async fn version<D: Database>(
    conn: &mut Connection<D>,
    battery: &'static str,
) -> Result<Option<usize>, sqlx::Error> {
    let read = "SELECT version FROM highball_migrations WHERE battery = $1";
    let rows = fetch::<D>(conn, read, vec![Value::Text(battery.to_owned())]).await?;
    let version = rows.first().and_then(|row| row.first()?.int());
    Ok(version.and_then(|version| usize::try_from(version).ok()))
}

/// Returns whether no migration is missing.
fn is_done<D: Database>(battery: &str, known: usize, version: usize) -> highball::Result<bool> {
    if version > known {
        return Err(Error::new(format!(
            "the tables of the {battery} in `{}` have the version {version}, and this program has {known}: run the \
             newer program",
            D::NAME
        )));
    }
    Ok(version == known)
}

fn number(count: usize) -> Value {
    Value::Int(i64::try_from(count).unwrap_or(i64::MAX))
}
