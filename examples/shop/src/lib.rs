//! A shop: who may do what is said by groups, and who goes first by priorities.

mod account;
mod catalogue;
mod database;
mod error;
mod guards;
mod office;
mod orders;

use highball::{AccessLog, Capacity, SecurityHeaders, prelude::*, request_id};

pub use account::{Accounts, Role, Sessions};
use catalogue::Catalogue;
use database::Database;
use office::Office;
use orders::Orders;

/// What handlers and guards may ask for.
#[derive(Debug, Default, State)]
pub struct AppState {
    /// Who may log in.
    pub accounts: Accounts,
    /// Who has.
    pub sessions: Sessions,
    database: Database,
}

impl AppState {
    /// Makes the state with an account for each role: `zoe`, `carl` and `ada`, whose passwords are
    /// their names.
    ///
    /// # Errors
    /// Where the system gives no random numbers.
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

/// How many requests the shop answers at once: the database has four connections, and twice as many
/// requests keep them busy. Reports have three places at most, so that orders find one.
pub fn capacity() -> Capacity {
    Capacity::of(8).normal(6).background(3).wait(millis(100))
}

/// Says that the shop is there; whoever watches it must hear so under any load.
#[get("/health", priority = critical)]
fn health() -> &'static str {
    "ok"
}

/// Everything that the shop answers.
#[routes(
    app,
    with(
        // Tests are quiet.
        when(cfg!(not(test)), AccessLog::line().skip(&["/health"])),
        request_id,
        SecurityHeaders::new()
    )
)]
pub struct Api(health, account::login, Catalogue, Orders, Office);

#[cfg(test)]
mod tests;
