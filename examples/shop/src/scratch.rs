//! Empty databases for tests and measurements.

use highball_db::{Builder, Pool};

use crate::database::Shop;

/// Adds 100,000 orders of `mallory`, so that a report takes some time. The account must exist.
pub const HISTORY: &str = "
    INSERT INTO orders (id, customer, product, count)
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 100000)
    SELECT -n, 'mallory', n % 3 + 1, 1 FROM numbers";

/// An empty database. With SQLite, it is a file in a temporary directory, which is removed at the end.
#[cfg(not(feature = "postgres"))]
#[derive(Debug)]
pub struct Scratch(std::path::PathBuf);

#[cfg(not(feature = "postgres"))]
impl Scratch {
    /// Creates the directory. SQLite needs no URL of a server.
    ///
    /// # Errors
    /// Returns an error if the directory cannot be created.
    pub async fn new(name: &str, _url: &str) -> highball::Result<Self> {
        let name = format!("shop-{name}-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    /// Begins a pool of the database.
    pub fn builder(&self) -> Builder<Shop> {
        Pool::file(self.0.join("shop.db"))
    }
}

#[cfg(not(feature = "postgres"))]
impl Drop for Scratch {
    fn drop(&mut self) {
        // A directory that is left over does no harm.
        std::fs::remove_dir_all(&self.0).ok();
    }
}

/// An empty database. With PostgreSQL, it is a schema, which the next run with the same name removes.
#[cfg(feature = "postgres")]
#[derive(Debug)]
pub struct Scratch(sqlx::postgres::PgConnectOptions);

#[cfg(feature = "postgres")]
impl Scratch {
    /// Creates the schema in the database of this URL.
    ///
    /// # Errors
    /// Returns an error if the database cannot be reached or does not permit it.
    pub async fn new(name: &str, url: &str) -> highball::Result<Self> {
        use highball::ResultExt as _;
        use sqlx::{AssertSqlSafe, ConnectOptions as _};

        let options: sqlx::postgres::PgConnectOptions = url.parse().context("reading the URL")?;
        let schema = format!("shop_{name}");
        let statement = format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}");
        let mut conn = options.connect().await?;
        sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(&mut conn)
            .await?;
        Ok(Self(options.options([("search_path", schema)])))
    }

    /// Begins a pool of the database.
    pub fn builder(&self) -> Builder<Shop> {
        Pool::builder(self.0.clone())
    }
}
