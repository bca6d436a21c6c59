//! The errors of the service, and the responses that clients get.

use highball::prelude::*;

/// An error of a handler or a guard, as a response.
#[derive(Debug, IntoResponse)]
pub(crate) enum ApiError {
    /// The slug is unknown, or the link belongs to another user.
    #[status(404, "there is no link `{slug}`")]
    NoLink { slug: String },
    /// Another link has the slug already.
    #[status(409, "the slug `{slug}` is taken")]
    SlugTaken { slug: String },
    /// Another account has the name already.
    #[status(409, "the name `{name}` is taken")]
    NameTaken { name: String },
    /// The response does not show which of the two is wrong.
    #[status(401, "the name or the password is wrong")]
    WrongLogin,
    /// The token is unknown, or its session has expired.
    #[status(401, "log in first: POST /login")]
    NotLoggedIn,
    /// All connections of the pool are in use.
    #[status(503, "the service is busy; try again later")]
    Busy,
    /// The database failed. The log has the cause, the client does not.
    #[status(500)]
    Database(#[source] sqlx::Error),
    /// The password could not be hashed.
    #[status(500)]
    Password(#[from] argon2::password_hash::Error),
    /// The operating system has no random numbers for a token.
    #[status(500)]
    Random(#[from] getrandom::Error),
    /// The thread that hashes a password panicked.
    #[status(500)]
    Thread(#[from] highball::tokio::task::JoinError),
}

impl From<sqlx::Error> for ApiError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::PoolTimedOut => Self::Busy,
            error => Self::Database(error),
        }
    }
}
