//! A shop: groups and guards control access, and priorities decide which requests are served first under load.

mod account;
mod catalogue;
mod database;
mod error;
mod guards;
mod office;
mod orders;

use highball::{
    middleware::{AccessLog, SecurityHeaders, request_id},
    prelude::*,
    serve::Capacity,
};
use highball_openapi::{Document, Documented};

pub use account::{Accounts, Role, Sessions};
use catalogue::Catalogue;
use database::Database;
use office::Office;
use orders::Orders;

/// The state of the app.
#[derive(Debug, Default, State)]
pub struct AppState {
    /// The accounts.
    pub accounts: Accounts,
    /// The sessions of logged-in users.
    pub sessions: Sessions,
    database: Database,
}

impl AppState {
    /// Returns a state with an account for each role: `zoe`, `carl` and `ada`. The password of each is its name.
    ///
    /// # Errors
    /// Fails if the system provides no random numbers.
    pub fn with_accounts() -> highball::Result<Self> {
        let mut state = Self::default();
        for (name, role) in [
            ("zoe", Role::Customer),
            ("carl", Role::Clerk),
            ("ada", Role::Admin),
        ] {
            state.accounts.add(name, name, role)?;
        }
        Ok(state)
    }
}

/// Returns the limits of concurrent requests.
///
/// The database has four connections, and eight requests keep them busy. At most three of them can be reports, so that
/// orders do not have to wait for reports.
pub fn capacity() -> Capacity {
    Capacity::of(8).normal(6).background(3).wait(millis(100))
}

/// Returns `ok` while the shop is running. Its priority is `critical`, so that monitoring works under any load.
#[get("/health", public, priority = critical)]
fn health() -> &'static str {
    "ok"
}

/// The routes of the shop. Each requires a login, unless it is marked `public`.
#[routes(
    app,
    every(guards::signed_in | public),
    with(
        // Without the log in tests, their output stays readable.
        when(cfg!(not(test)), AccessLog::line().skip(&["/health"])),
        request_id,
        SecurityHeaders::new()
    )
)]
pub struct Api(
    health,
    account::login,
    Catalogue,
    Orders,
    Office,
    #[public] highball_openapi::json<Api>,
    // Pages for browsers, which have no token: `/docs`, and in debug builds `/routes`.
    #[public] highball_openapi::page<Api>,
    #[public] highball_openapi::routes_page<Api>,
);

impl Documented for Api {
    fn document() -> Document {
        Document::of::<Self>("Shop", env!("CARGO_PKG_VERSION"))
            .description("A shop. Log in with `POST /login`, and send the token as a bearer token.")
            .capacity()
    }
}

#[cfg(test)]
mod tests;
