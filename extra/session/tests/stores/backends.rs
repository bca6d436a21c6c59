//! A place for the sessions of one test in each backend.

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    time::Duration,
};

use highball_db::{
    Pool, Postgres, Sqlite, database,
    sqlx::{self, Connection as _, Executor as _, PgConnection, postgres::PgConnectOptions},
};
use highball_faults::{Backend, url_of};
use highball_session::{
    Key,
    store::{Redis, Sql, redis_client},
};

database!(pub File: Sqlite);
database!(pub Main: Postgres);

/// Returns a name that no other test has, of this run or of another.
fn unique() -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let count = COUNT.fetch_add(1, Relaxed);
    format!("sessions_{}_{count}", std::process::id())
}

/// A temporary directory with a file of SQLite.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        let path = std::env::temp_dir().join(unique());
        std::fs::create_dir_all(&path).expect("a directory");
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.0.join("sessions.db")
    }

    /// Returns a store with a new pool.
    pub(crate) fn store(&self) -> Sql<File> {
        Sql::new(Pool::<File>::file(self.file()).max(4).build())
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

    /// Returns a store with a new pool.
    pub(crate) fn store(&self) -> Sql<Main> {
        Sql::new(self.pool())
    }

    pub(crate) fn pool(&self) -> Pool<Main> {
        let options = self.options.clone();
        let options = options.options([("search_path", self.name.as_str())]);
        Pool::<Main>::builder(options).max(8).build()
    }

    async fn run(&self, statement: &str) -> Result<(), sqlx::Error> {
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

/// The keys with a prefix in Redis.
pub(crate) struct Keys {
    pub(crate) client: redis_client::Client,
    pub(crate) prefix: String,
}

impl Keys {
    /// Takes a prefix on the server of the developer, if there is one.
    pub(crate) fn new() -> Option<Self> {
        Some(Self::at(&url_of(Backend::Redis)?))
    }

    pub(crate) fn at(url: &str) -> Self {
        Self {
            client: redis_client::Client::open(url).expect("a URL"),
            prefix: format!("{}:", unique()),
        }
    }

    pub(crate) fn store(&self) -> Redis {
        Redis::new(self.client.clone()).prefix(&self.prefix)
    }

    /// Each key has a time after which Redis removes it.
    pub(crate) fn assert_all_expire(&self) {
        let mut conn = self.client.get_connection().expect("Redis answers");
        let all = self.all();
        assert!(!all.is_empty());
        for key in all {
            let ttl: i64 = redis_client::Commands::pttl(&mut conn, &key).expect("Redis answers");
            assert!(ttl > 0, "{key} never expires");
        }
    }

    /// Removes a session, as Redis does when it expires.
    pub(crate) fn expire_now(&self, key: &Key) {
        let mut conn = self.client.get_connection().expect("Redis answers");
        let key = format!("{}s:{}", self.prefix, key.hex());
        let removed: i64 = redis_client::Commands::del(&mut conn, key).expect("Redis answers");
        assert_eq!(removed, 1);
    }

    /// Returns the size of the set of a user.
    pub(crate) fn members(&self, user: &str) -> usize {
        let mut conn = self.client.get_connection().expect("Redis answers");
        let set = format!("{}u:{user}", self.prefix);
        redis_client::Commands::scard(&mut conn, set).expect("Redis answers")
    }

    fn all(&self) -> Vec<String> {
        let mut conn = self.client.get_connection().expect("Redis answers");
        let pattern = format!("{}*", self.prefix);
        let keys = redis_client::Commands::scan_match(&mut conn, pattern).expect("Redis answers");
        keys.map(|key| key.expect("a key")).collect()
    }

    /// Changes a setting of the server.
    pub(crate) fn set(&self, setting: &str, value: &str) {
        let mut conn = self.client.get_connection().expect("Redis answers");
        let mut command = redis_client::cmd("CONFIG");
        command.arg("SET").arg(setting).arg(value);
        command.exec(&mut conn).expect("it is set");
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        // A test that has failed may have left a server that never answers.
        let second = Duration::from_secs(1);
        let Ok(mut conn) = self.client.get_connection_with_timeout(second) else {
            return;
        };
        conn.set_read_timeout(Some(second)).ok();
        let pattern = format!("{}*", self.prefix);
        let scanned = redis_client::Commands::scan_match::<_, String>(&mut conn, pattern);
        let keys: Vec<String> = scanned.into_iter().flatten().flatten().collect();
        if !keys.is_empty() {
            redis_client::cmd("DEL").arg(keys).exec(&mut conn).ok();
        }
    }
}
