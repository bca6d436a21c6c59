//! What can go wrong, and what the client is told.

use highball::prelude::*;

/// What a handler answers in place of a todo.
#[derive(Debug, IntoResponse)]
pub(crate) enum ApiError {
    /// Nothing has the id.
    #[status(404, "there is no todo {id}")]
    NotFound {
        /// The id that was asked for.
        id: u64,
    },
    /// Nobody can do a todo without words.
    #[status(422, "the title is empty")]
    EmptyTitle,
    /// Two todos of one title could not be told apart.
    #[status(409, "todo {id} has this title already")]
    TitleTaken {
        /// The id of the other todo.
        id: u64,
    },
    /// Somebody else has changed the todo in between, or the client does not say what it has read.
    #[transparent]
    Unmet(Rejection),
}

impl From<Rejection> for ApiError {
    fn from(rejection: Rejection) -> Self {
        Self::Unmet(rejection)
    }
}

/// Writes every refusal, those of the framework too: the client gets the words, the log the cause.
pub(crate) fn problem(rejection: &Rejection, cx: &Context<'_>) -> Response {
    if let Some(cause) = rejection.cause() {
        eprintln!("{} {}: {cause}", cx.method(), cx.path());
    }
    rejection.problem()
}
