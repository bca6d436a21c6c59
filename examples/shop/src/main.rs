//! A shop with logins, roles and overload protection. Run it with `cargo run -p shop`.
//!
//! The database is the file `shop.db` of SQLite, or the one that `DATABASE` names. With PostgreSQL:
//!
//! ```sh
//! DATABASE_URL=postgres://user:password@localhost/shop cargo run -p shop --features postgres
//! ```

use highball::prelude::*;
use highball_alerts::{Alerts, Dashboard};
use shop::{Api, AppState, Operators, add_accounts, capacity, database};

#[highball::main]
async fn main() -> highball::Result {
    let shop = database::from_env()?;
    // Another process has to find the sessions, too.
    #[cfg(feature = "postgres")]
    let logins = database::logins_from_env()?;
    #[cfg(feature = "postgres")]
    let state = AppState::with_sessions(
        shop.clone(),
        highball_session::Sessions::new(highball_session::store::Sql::new(logins.clone())),
    );
    #[cfg(not(feature = "postgres"))]
    let state = AppState::new(shop.clone());
    let (sessions, responses) = (state.sessions.clone(), state.responses.clone());
    let exporter = state.exporter.clone();
    let server = highball::serve(Api);
    #[cfg(feature = "postgres")]
    let server = server.install(logins);
    server
        .state(state)
        .admin(Operators)
        .capacity(capacity())
        .install(shop.clone())
        .install(sessions)
        .install(responses)
        .install(Dashboard::new("Shop", &exporter))
        .install(Alerts::new("shop"))
        .install(exporter)
        .arguments(std::env::args().skip(1))
        .on_start("accounts", secs(30), add_accounts(shop))
        .await
}
