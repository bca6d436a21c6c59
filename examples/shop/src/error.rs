//! What can go wrong, and what the client is told.

use highball::prelude::*;

/// What a handler or a guard answers in place of what was asked for.
#[derive(Debug, IntoResponse)]
pub(crate) enum ApiError {
    /// Which of the two is wrong is nobody's business.
    #[status(401, "the name or the password is wrong")]
    WrongLogin,
    /// The token is unknown, or its session has ended.
    #[status(401, "log in first: POST /login")]
    NotLoggedIn,
    /// The user may do less.
    #[status(403, "this is for others")]
    NotAllowed,
    /// The account must not buy.
    #[status(403, "this account is blocked")]
    Blocked,
    /// Nothing has the id.
    #[status(404, "there is no product {id}")]
    NoProduct {
        /// The id that was asked for.
        id: u32,
    },
    /// There are fewer left.
    #[status(409, "there are only {left} left")]
    SoldOut {
        /// How many there are.
        left: u32,
    },
    /// A customer has too many open orders.
    #[status(429, "a customer may have {most} open orders")]
    TooManyOrders {
        /// How many are allowed.
        most: usize,
    },
    /// The system gives no random numbers.
    #[status(500, "something went wrong on our side")]
    NoToken,
}
