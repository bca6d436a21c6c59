//! The errors of the shop, and the responses that clients get for them.

use highball::{prelude::*, tokio::task::JoinError};
use highball_db::PoolError;
use highball_session::SessionError;

/// The errors that handlers and guards return.
#[derive(Debug, IntoResponse)]
pub enum ApiError {
    /// The login failed. The message does not disclose whether the account exists.
    #[status(401, "the name or the password is wrong")]
    WrongLogin,
    /// There is no login, or it has ended.
    #[status(401, "log in first: POST /login")]
    NotLoggedIn,
    /// The role of the user does not permit this.
    #[status(403, "this account has no permission")]
    NotAllowed,
    /// The account is blocked from buying.
    #[status(403, "this account is blocked")]
    Blocked,
    /// No product has this id.
    #[status(404, "there is no product {id}")]
    NoProduct {
        /// The id in the request.
        id: u32,
    },
    /// The stock is too small for the order.
    #[status(409, "there are only {left} left")]
    SoldOut {
        /// The remaining stock.
        left: i64,
    },
    /// The customer has too many open orders.
    #[status(429, "a customer may have {most} open orders")]
    TooManyOrders {
        /// The maximum number of open orders.
        most: usize,
    },
    /// No connection of the database was free in time.
    #[transparent]
    NoConnection(#[from] PoolError),
    /// The database failed. The log has the cause, the client does not.
    #[status(500, "something went wrong on our side")]
    Database(#[from] sqlx::Error),
    /// The session has failed.
    #[transparent]
    Session(#[from] SessionError),
    /// The user has no device with this id.
    #[status(404, "there is no such device")]
    NoDevice,
    /// The thread that checks a password panicked.
    #[status(500, "something went wrong on our side")]
    Thread(#[from] JoinError),
}
