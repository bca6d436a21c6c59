//! A place for the sessions of one test in each backend.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use highball_db::{Pool, Postgres, Sqlite, database, sqlx::postgres::PgConnectOptions};
use highball_faults::{Backend, url_of};
use highball_session::{
    Key,
    store::{Redis, Sql, redis_client},
};

database!(pub File: Sqlite);
database!(pub Main: Postgres);

/// A temporary directory with a file of SQLite.
pub(crate) struct Folder(highball_faults::Folder);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(highball_faults::Folder::new())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.0.file("sessions.db")
    }

    /// Returns a store with a new pool.
    pub(crate) fn store(&self) -> Sql<File> {
        Sql::new(Pool::<File>::file(self.file()).max(4).build())
    }
}

/// A schema of PostgreSQL.
pub(crate) struct Schema {
    pub(crate) options: PgConnectOptions,
    schema: highball_faults::Schema,
}

impl Schema {
    /// Creates a schema on the server of the developer, if there is one.
    pub(crate) async fn new() -> Option<Self> {
        Some(Self::of(highball_faults::Schema::new().await?))
    }

    pub(crate) async fn at(url: &str) -> Self {
        Self::of(highball_faults::Schema::at(url).await)
    }

    fn of(schema: highball_faults::Schema) -> Self {
        let options = schema.options();
        Self { options, schema }
    }

    pub(crate) fn name(&self) -> &str {
        self.schema.name()
    }

    /// Returns a store with a new pool.
    pub(crate) fn store(&self) -> Sql<Main> {
        Sql::new(self.pool())
    }

    pub(crate) fn pool(&self) -> Pool<Main> {
        Pool::<Main>::builder(self.options.clone()).max(8).build()
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
            prefix: format!("{}:", highball_faults::unique_name()),
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
