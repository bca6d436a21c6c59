//! Empty databases for tests and measurements.

use std::path::PathBuf;

use highball_db::{Builder, Pool};

use crate::database::Shop;

/// An empty database. With SQLite, it is a file in a directory, which is removed at the end. With PostgreSQL, it is a
/// schema, which the next run with the same name removes.
#[derive(Debug)]
pub struct Scratch(String);

/// The variable by which a process of the example finds the database.
#[cfg(not(feature = "postgres"))]
const VARIABLE: &str = "DATABASE";
#[cfg(feature = "postgres")]
const VARIABLE: &str = "DATABASE_URL";

impl Scratch {
    /// Returns the environment variable with its value, for other processes.
    pub fn variable(&self) -> (&'static str, &str) {
        (VARIABLE, &self.0)
    }

    /// Returns the folder of the file, with SQLite.
    pub fn folder(&self) -> Option<PathBuf> {
        match cfg!(feature = "postgres") {
            true => None,
            false => PathBuf::from(&self.0).parent().map(PathBuf::from),
        }
    }
}

#[cfg(not(feature = "postgres"))]
impl Scratch {
    /// Creates a file in this folder.
    ///
    /// # Errors
    /// Returns an error if the directory cannot be created.
    pub async fn new(name: &str, within: &str) -> highball::Result<Self> {
        let name = format!("orders-{name}-{}", std::process::id());
        let folder = PathBuf::from(within).join(name);
        std::fs::create_dir_all(&folder)?;
        Ok(Self(folder.join("orders.db").display().to_string()))
    }

    /// Begins a pool of the database.
    pub fn builder(&self) -> Builder<Shop> {
        Pool::file(&self.0)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Some(folder) = self.folder() {
            // A directory that is left over does no harm.
            std::fs::remove_dir_all(folder).ok();
        }
    }
}

#[cfg(feature = "postgres")]
impl Scratch {
    /// Creates a schema in the database of this URL.
    ///
    /// # Errors
    /// Returns an error if the database cannot be reached or does not permit it.
    pub async fn new(name: &str, within: &str) -> highball::Result<Self> {
        use highball::ResultExt as _;
        use sqlx::{AssertSqlSafe, ConnectOptions as _, postgres::PgConnectOptions};

        let options: PgConnectOptions = within.parse().context("reading the URL")?;
        let schema = format!("orders_{name}");
        let statement = format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}");
        let mut conn = options.connect().await?;
        sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(&mut conn)
            .await?;
        Ok(Self(format!("{within}?options[search_path]={schema}")))
    }

    /// Begins a pool of the database.
    ///
    /// # Panics
    /// Panics if the URL already has a query.
    pub fn builder(&self) -> Builder<Shop> {
        Pool::builder(self.0.parse().expect("the URL was read before"))
    }
}
