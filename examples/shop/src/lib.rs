//! A shop: groups and guards control access, orders are transactions, and priorities decide which requests are served
//! first under load.

mod account;
mod catalogue;
pub mod database;
mod error;
mod guards;
mod office;
mod orders;
pub mod scratch;
mod session;

use highball::{
    middleware::{AccessLog, SecurityHeaders, request_id},
    prelude::*,
    serve::Capacity,
};
use highball_db::Pool;
use highball_openapi::{Document, Documented};

pub use account::{Role, User, add_accounts};
use catalogue::Catalogue;
use database::Shop;
pub use guards::signed_in;
use office::Office;
pub use office::sales;
pub use orders::Orders;
pub use session::Sessions;

/// The state of the app.
#[derive(Debug, State)]
pub struct AppState {
    /// The connections of the database.
    pub shop: Pool<Shop>,
    /// The sessions of logged-in users.
    pub sessions: Sessions,
}

impl AppState {
    /// Returns a state without sessions.
    pub fn new(shop: Pool<Shop>) -> Self {
        let sessions = Sessions::default();
        Self { shop, sessions }
    }
}

/// Returns the limits of concurrent requests.
///
/// The pool has four connections, and eight requests keep them busy. At most three of them can be reports, so that
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
        when(
            cfg!(not(test)),
            AccessLog::line().skip(&["/health", "/readyz"])
        ),
        request_id,
        SecurityHeaders::new()
    )
)]
pub struct Api(
    health,
    // It fails while the database does not answer.
    #[public] highball::serve::readyz,
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
            .hide("/readyz")
    }
}

#[cfg(test)]
mod tests;
