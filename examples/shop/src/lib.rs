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

use highball::{
    middleware::{AccessLog, Csrf, SecurityHeaders, request_id},
    prelude::*,
    serve::Capacity,
};
use highball_cache::responses::ResponseCache;
use highball_db::Pool;
use highball_metrics::{Exporter, measured};
use highball_openapi::{Document, Documented};
use highball_session::{Sessions, sessions};

pub use account::{Checks, Role, User, add_accounts};
pub use catalogue::Catalogue;
use database::Shop;
pub use guards::signed_in;
use office::Office;
pub use office::sales;
pub use orders::Orders;

/// The state of the app.
#[derive(Debug, State)]
pub struct AppState {
    /// The connections of the database.
    pub shop: Pool<Shop>,
    /// The responses of the catalogue.
    pub responses: ResponseCache,
    /// The sessions of logged-in users.
    pub sessions: Sessions,
    /// The passwords that are checked at once.
    pub checks: Checks,
    /// The metrics.
    pub exporter: Exporter,
}

impl AppState {
    /// Returns a state without sessions.
    pub fn new(shop: Pool<Shop>) -> Self {
        Self::with_sessions(shop, Sessions::memory())
    }

    /// Returns a state with these sessions.
    pub fn with_sessions(shop: Pool<Shop>, sessions: Sessions) -> Self {
        let checks = Checks::default();
        Self {
            shop,
            responses: ResponseCache::new(),
            sessions,
            checks,
            exporter: Exporter::new().skip_probes(),
        }
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
        measured,
        // Without the log in tests, their output stays readable.
        when(
            cfg!(not(test)),
            AccessLog::line().skip(&["/health", "/livez", "/readyz"])
        ),
        request_id,
        SecurityHeaders::new(),
        Csrf::new(),
        sessions
    )
)]
pub struct Api(
    health,
    #[public] highball::serve::livez,
    // It fails while the database does not answer.
    #[public] highball::serve::readyz,
    account::login,
    account::logout,
    account::Devices,
    Catalogue,
    Orders,
    Office,
    #[public] highball_openapi::json<Api>,
    // Pages for browsers before a login: `/docs`, and in debug builds `/routes`.
    #[public] highball_openapi::page<Api>,
    #[public] highball_openapi::routes_page<Api>,
);

/// The routes for operators, on a separate address.
#[routes(admin)]
pub struct Operators(
    highball_metrics::metrics,
    highball::serve::livez,
    highball::serve::readyz,
);

impl Documented for Api {
    fn document() -> Document {
        Document::of::<Self>("Shop", env!("CARGO_PKG_VERSION"))
            .description("A shop. `POST /login` begins a session and sets its cookie.")
            .capacity()
            .hide("/livez")
            .hide("/readyz")
    }
}

#[cfg(test)]
mod tests;
