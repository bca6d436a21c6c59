//! A place for the jobs of one test in each database.

use std::{
    path::PathBuf,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

use highball_db::{
    Pool, Postgres, Sqlite, database,
    sqlx::{self, Connection as _, Executor as _, PgConnection, postgres::PgConnectOptions},
};
use highball_faults::{Backend, url_of};

database!(pub File: Sqlite);
database!(pub Main: Postgres);

/// Returns a name that no other test has, of this run or of another.
fn unique() -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let count = COUNT.fetch_add(1, Relaxed);
    format!("jobs_{}_{count}", std::process::id())
}

/// A temporary directory with a file of SQLite.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        let path = std::env::temp_dir().join(unique());
        std::fs::create_dir_all(&path).expect("a directory");
        Self(path)
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.0.join("jobs.db")
    }

    pub(crate) fn pool(&self) -> Pool<File> {
        Pool::<File>::file(self.file()).max(4).build()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

/// A schema of PostgreSQL.
pub(crate) struct Schema {
    pub(crate) options: PgConnectOptions,
    pub(crate) name: String,
}

impl Schema {
    /// Creates a schema on the server of the developer, if there is one.
    pub(crate) async fn new() -> Option<Self> {
        Some(Self::at(&url_of(Backend::Postgres)?).await)
    }

    pub(crate) async fn at(url: &str) -> Self {
        let (options, name) = (url.parse().expect("a URL"), unique());
        let schema = Self { options, name };
        schema.run("CREATE SCHEMA $schema").await.expect("a schema");
        schema
    }

    pub(crate) fn pool(&self) -> Pool<Main> {
        self.pool_with(&self.name)
    }

    /// Returns a pool whose statements look for tables and functions in these schemas.
    pub(crate) fn pool_with(&self, schemas: &str) -> Pool<Main> {
        let options = self.options.clone().application_name(&self.name);
        let options = options.options([("search_path", schemas)]);
        Pool::<Main>::builder(options).max(8).build()
    }

    pub(crate) async fn run(&self, statement: &str) -> Result<(), sqlx::Error> {
        let mut conn = PgConnection::connect_with(&self.options).await?;
        let statement = sqlx::AssertSqlSafe(statement.replace("$schema", &self.name));
        conn.execute(statement).await?;
        conn.close().await
    }
}

/// Removes the schema, also after a failure of the test, and unless its server has gone.
impl Drop for Schema {
    fn drop(&mut self) {
        std::thread::scope(|scope| {
            let remove = || {
                let mut runtime = tokio::runtime::Builder::new_current_thread();
                let runtime = runtime.enable_all().build().expect("a runtime");
                let removing = self.run("DROP SCHEMA IF EXISTS $schema CASCADE");
                runtime.block_on(removing).ok();
            };
            scope.spawn(remove);
        });
    }
}
