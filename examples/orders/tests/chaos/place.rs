//! The database of a test, which several processes use.

use std::path::Path;

use highball_db::Pool;
use highball_faults::Server;
use orders::{database, database::Shop};

use crate::scratch::Scratch;

/// The database of a test. With PostgreSQL it is in a server that the test owns, so that the test can kill it.
pub(crate) struct Place {
    pub(crate) scratch: Scratch,
    pub(crate) shop: Pool<Shop>,
    pub(crate) server: Option<Server>,
}

impl Place {
    /// Creates a database with its tables. Without PostgreSQL, prints that the test is left out.
    pub(crate) async fn new() -> Option<Self> {
        let server = match cfg!(feature = "postgres") {
            true => {
                // As with `folder`: a killed server has given its data to the system.
                let server = Server::postgres().setting("fsync", "off");
                Some(server.start_or_skip().await?)
            }
            false => None,
        };
        let within = match &server {
            Some(server) => server.url(),
            None => folder(),
        };
        let scratch = Scratch::within(&within).await?;
        let shop = database::build(scratch.builder());
        shop.open().await.expect("a database");
        Some(Self {
            scratch,
            shop,
            server,
        })
    }

    /// Returns the number that a query returns, or `None` if the database is away.
    pub(crate) async fn try_number(&self, sql: &'static str) -> Option<i64> {
        let mut conn = self.shop.acquire().await.ok()?;
        let number = sqlx::query_scalar(sql).fetch_one(&mut *conn).await.ok()?;
        conn.release();
        Some(number)
    }

    /// Returns the number that a query returns.
    pub(crate) async fn number(&self, sql: &'static str) -> i64 {
        self.try_number(sql).await.expect(sql)
    }
}

/// Returns a folder in memory if there is one: what a process has written survives its end there as well, and a sync of
/// a slow disk does not limit the load.
fn folder() -> String {
    match Path::new("/dev/shm").is_dir() {
        true => "/dev/shm".to_owned(),
        false => std::env::temp_dir().display().to_string(),
    }
}
