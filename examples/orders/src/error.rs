//! The errors of handlers, and the responses that clients get for them.

use highball::prelude::*;

/// The errors of handlers.
#[derive(Debug, IntoResponse)]
pub(crate) enum ApiError {
    /// No order has this number.
    #[status(404, "there is no order {id}")]
    NoOrder {
        /// The number in the request.
        id: i64,
    },
    /// The database failed. The log has the cause, the client does not.
    #[status(500, "something went wrong on our side")]
    Database(#[from] sqlx::Error),
    /// A job could not be published.
    #[transparent]
    Jobs(#[from] highball::Error),
}
