//! The errors of the API, and the responses that clients get for them.

use highball::{prelude::*, response::UnmetPrecondition};

/// The errors that handlers return.
#[derive(Debug, IntoResponse)]
pub(crate) enum ApiError {
    /// No todo has this id.
    #[status(404, "there is no todo {id}")]
    NotFound {
        /// The id in the path.
        id: u64,
    },
    /// The title contains only white space.
    #[status(422, "the title is empty")]
    EmptyTitle,
    /// Another todo has the same title. Titles are unique.
    #[status(409, "todo {id} has this title already")]
    TitleTaken {
        /// The id of the other todo.
        id: u64,
    },
    /// Another client has changed the todo, or the request has no `If-Match`.
    #[transparent]
    Unmet(#[from] UnmetPrecondition),
}

/// Formats every rejection, including those of the framework. The cause is only logged, not sent to the client.
pub(crate) fn problem(rejection: &Rejection, cx: &Context<'_>) -> Response {
    if let Some(cause) = rejection.cause() {
        eprintln!("{} {}: {cause}", cx.method(), cx.path());
    }
    rejection.problem()
}
