//! A place for the data of one measurement.

use std::{
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use highball_db::sqlx::{
    self, Connection as _, Executor as _, PgConnection, postgres::PgConnectOptions,
};

use crate::{Failure, tally::now};

/// A temporary directory.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Result<Self, Failure> {
        let name = format!("bench-jobs-{}-{}", std::process::id(), now());
        // Some systems keep `/tmp` in memory, where nothing is synced.
        let path = std::env::current_dir()?.join("target").join(name);
        std::fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

/// A server of Redis that syncs each command.
pub struct Redis {
    child: Child,
    folder: Folder,
}

impl Redis {
    pub fn start() -> Result<Self, Failure> {
        let folder = Folder::new()?;
        let socket = folder.file("socket");
        let child = Command::new("redis-server")
            .args([
                "--port",
                "0",
                "--appendonly",
                "yes",
                "--appendfsync",
                "always",
                "--save",
                "",
            ])
            .arg("--unixsocket")
            .arg(&socket)
            .current_dir(folder.file(""))
            .stdout(Stdio::null())
            .spawn()?;
        let begun = Instant::now();
        while !socket.exists() {
            if begun.elapsed() > Duration::from_secs(10) {
                return Err(Failure::new("Redis has not started"));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(Self { child, folder })
    }

    pub fn url(&self) -> String {
        format!("redis+unix://{}", self.folder.file("socket").display())
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// A schema of PostgreSQL.
pub struct Schema {
    options: PgConnectOptions,
    name: String,
}

impl Schema {
    pub async fn new() -> Result<Self, Failure> {
        let url = std::env::var("HIGHBALL_TEST_POSTGRES");
        let options = url
            .map_err(|_| Failure::new("set HIGHBALL_TEST_POSTGRES to a URL"))?
            .parse()?;
        let name = format!("bench_jobs_{}", std::process::id());
        let schema = Self { options, name };
        schema
            .run("DROP SCHEMA IF EXISTS $schema CASCADE; CREATE SCHEMA $schema")
            .await?;
        Ok(schema)
    }

    pub fn options(&self) -> PgConnectOptions {
        let options = self.options.clone();
        options.options([("search_path", self.name.as_str())])
    }

    pub async fn drop(self) -> Result<(), Failure> {
        self.run("DROP SCHEMA $schema CASCADE").await
    }

    async fn run(&self, statement: &str) -> Result<(), Failure> {
        let mut conn = PgConnection::connect_with(&self.options).await?;
        let statement = statement.replace("$schema", &self.name);
        conn.execute(sqlx::AssertSqlSafe(statement)).await?;
        Ok(conn.close().await?)
    }
}
