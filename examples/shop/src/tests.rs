//! Each test has an empty database: a temporary file, or a schema of PostgreSQL.

mod access;
mod orders;
mod priorities;

use highball::{
    prelude::*,
    serve::Capacity,
    testing::{TestResponse, TestSession},
};
use highball_db::Pool;

use crate::{
    Api, AppState, Role, User, add_accounts, capacity, database, database::Shop, scratch::Scratch,
};

/// The name of the cookie of a session.
const COOKIE: &str = "__Host-session";

/// A running shop, with the session of a user of each role.
struct TestShop {
    client: TestSession<Api>,
    pool: Pool<Shop>,
    zoe: String,
    carl: String,
    ada: String,
    mallory: String,
}

impl TestShop {
    /// Starts a shop with this database.
    async fn start(scratch: &Scratch, capacity: Option<Capacity>) -> Self {
        let pool = database::build(scratch.builder());
        pool.open().await.expect("a database");
        add_accounts(pool.clone()).await.expect("accounts");
        let state = AppState::new(pool.clone());
        let log_in = async |name: &str, role| {
            let name = name.to_owned();
            let visitor = state.sessions.visitor().logged_in(User { name, role });
            visitor.cookie().await.expect("a session").1
        };
        let zoe = log_in("zoe", Role::Customer).await;
        let carl = log_in("carl", Role::Clerk).await;
        let ada = log_in("ada", Role::Admin).await;
        let mallory = log_in("mallory", Role::Customer).await;
        let client = Api.test().state(state);
        let client = match capacity {
            Some(capacity) => client.capacity(capacity).start(),
            None => client.start(),
        };
        Self {
            client,
            pool,
            zoe,
            carl,
            ada,
            mallory,
        }
    }

    /// Sends an order of Zoe's.
    async fn buy(&self, wish: Value) -> TestResponse {
        let request = self.client.post("/orders").cookie(COOKIE, &self.zoe);
        request.json(&wish).send().await
    }

    /// Runs a statement, behind the back of the app.
    async fn run(&self, sql: &'static str) {
        let mut conn = self.pool.acquire().await.expect("a connection");
        sqlx::query(sql).execute(&mut *conn).await.expect(sql);
    }

    /// Returns the number that a query returns.
    async fn number(&self, sql: &'static str) -> i64 {
        let mut conn = self.pool.acquire().await.expect("a connection");
        let number = sqlx::query_scalar(sql).fetch_one(&mut *conn);
        number.await.expect(sql)
    }
}

/// Returns an empty database for the current test. Without a server for it, prints that the test is left out.
async fn scratch() -> Option<Scratch> {
    let url = match cfg!(feature = "postgres") {
        true => highball_faults::url_of(highball_faults::Backend::Postgres)?,
        false => String::new(),
    };
    let thread = std::thread::current();
    let name = thread.name().and_then(|path| path.rsplit("::").next());
    let scratch = Scratch::new(name.unwrap_or("test"), &url).await;
    Some(scratch.expect("an empty database"))
}
