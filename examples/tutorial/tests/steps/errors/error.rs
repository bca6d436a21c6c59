//! The errors of the service, and the responses that clients get.

use highball::prelude::*;

/// An error of a handler, as a response.
#[derive(Debug, IntoResponse)]
pub(crate) enum ApiError {
    /// The slug is unknown.
    #[status(404, "there is no link `{slug}`")]
    NoLink { slug: String },
    /// Another link has the slug already.
    #[status(409, "the slug `{slug}` is taken")]
    SlugTaken { slug: String },
    /// All connections of the pool are in use.
    #[status(503, "the service is busy; try again later")]
    Busy,
    /// The database failed. The log has the cause, the client does not.
    #[status(500)]
    Database(#[source] sqlx::Error),
}

impl From<sqlx::Error> for ApiError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::PoolTimedOut => Self::Busy,
            error => Self::Database(error),
        }
    }
}
