//! The responses to a request with a precondition: 304, 412 and 428.

use std::{error::Error, fmt};

use http::{HeaderName, StatusCode};

use super::{IntoResponse, IntoResponseParts, Rejection, Response, Revision};
use crate::routes::{Answer, Answers, Facts};

/// The answer to a request that already has the current version.
const UNCHANGED: Answers = Answers::one(
    Answer::empty(304)
        .about("the client already has this version")
        .headers(&["etag", "last-modified"]),
);

/// A 304 with the `ETag` and `Last-Modified` of the version that the client already has.
///
/// [`Precondition::not_modified`](crate::extract::Precondition::not_modified) returns it.
///
/// # Examples
/// ```
/// use highball::{extract::{Either, Precondition}, prelude::*, response::{NotModified, Revision}};
///
/// /// Reads the text only for a client that does not have it.
/// #[get("/note")]
/// async fn show(precondition: Precondition) -> Either<NotModified, (Revision, String)> {
///     let version = Revision::tag(3);
///     match precondition.not_modified(&version) {
///         Some(not_modified) => Either::Left(not_modified),
///         None => Either::Right((version, "buy milk".to_owned())),
///     }
/// }
///
/// #[routes(app)]
/// struct Api(show);
///
/// # highball::block_on(async {
/// let request = Api.test().get("/note").header(header::IF_NONE_MATCH, "\"3\"");
/// assert_eq!(request.send().await.status(), 304);
/// # });
/// ```
#[derive(Debug)]
pub struct NotModified(Response);

impl NotModified {
    pub(crate) fn new(version: &Revision) -> Self {
        Self(version.not_modified())
    }
}

impl IntoResponse for NotModified {
    const FACTS: Facts = Facts::NONE;
    const ANSWERS: Answers = UNCHANGED;

    fn into_response(self) -> Response {
        self.0
    }
}

/// A response with its version, or a 304 if the client already has this version.
///
/// [`Precondition::respond`](crate::extract::Precondition::respond) returns it.
///
/// # Examples
/// ```
/// use highball::{extract::Precondition, prelude::*, response::{Conditional, Revision}};
///
/// #[get("/note")]
/// async fn show(precondition: Precondition) -> Conditional<Json<Value>> {
///     precondition.respond(Revision::tag(3), Json(json!({ "text": "buy milk" })))
/// }
///
/// #[routes(app)]
/// struct Api(show);
///
/// # highball::block_on(async {
/// let client = Api.test().start();
/// assert_eq!(client.get("/note").send().await.header(header::ETAG), "\"3\"");
/// let known = client.get("/note").header(header::IF_NONE_MATCH, "\"3\"");
/// assert_eq!(known.send().await.status(), 304);
/// # });
/// ```
#[derive(Debug)]
pub struct Conditional<T>(Choice<T>);

#[derive(Debug)]
enum Choice<T> {
    NotModified(NotModified),
    Full(Revision, T),
}

impl<T> Conditional<T> {
    pub(crate) fn full(version: Revision, body: T) -> Self {
        Self(Choice::Full(version, body))
    }
}

impl<T> From<NotModified> for Conditional<T> {
    fn from(not_modified: NotModified) -> Self {
        Self(Choice::NotModified(not_modified))
    }
}

impl<T: IntoResponse> IntoResponse for Conditional<T> {
    const FACTS: Facts = Facts::either(&NotModified::FACTS, &T::FACTS);
    const ANSWERS: Answers = Answers::either(
        &Answers::with_headers(Revision::HEADERS, &T::ANSWERS),
        &UNCHANGED,
    );

    fn into_response(self) -> Response {
        match self.0 {
            Choice::NotModified(not_modified) => not_modified.into_response(),
            Choice::Full(version, body) => (version, body).into_response(),
        }
    }
}

/// A precondition that a request does not meet (412), or does not have (428).
///
/// [`Precondition::check`](crate::extract::Precondition::check) and
/// [`required`](crate::extract::Precondition::required) return it. `?` converts it to a [`Rejection`], to a
/// [`highball::Error`](crate::Error), and to an enum of errors with a `#[from]` for it.
///
/// # Examples
/// ```
/// use highball::{extract::Precondition, prelude::*, response::{Revision, UnmetPrecondition}};
///
/// #[derive(Debug, IntoResponse)]
/// enum NoteError {
///     #[status(404)]
///     Missing,
///     #[transparent]
///     Unmet(#[from] UnmetPrecondition),
/// }
///
/// #[delete("/notes/{id}")]
/// async fn remove(id: u64, precondition: Precondition) -> Result<NoContent, NoteError> {
///     if id != 7 {
///         return Err(NoteError::Missing);
///     }
///     precondition.required()?.check(&Revision::tag(3))?;
///     Ok(NoContent)
/// }
///
/// #[routes(app)]
/// struct Api(remove);
///
/// # highball::block_on(async {
/// assert_eq!(Api.test().delete("/notes/7").send().await.status(), 428);
/// let request = Api.test().delete("/notes/7").header(header::IF_MATCH, "\"2\"");
/// assert_eq!(request.send().await.status(), 412);
/// # });
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmetPrecondition(Reason);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Reason {
    Missing,
    /// The header, and why the resource does not meet it.
    Failed(HeaderName, &'static str),
}

impl UnmetPrecondition {
    pub(crate) const fn missing() -> Self {
        Self(Reason::Missing)
    }

    pub(crate) const fn failed(name: HeaderName, reason: &'static str) -> Self {
        Self(Reason::Failed(name, reason))
    }

    /// Returns the status: 412, or 428 if the request has no precondition.
    pub fn status(&self) -> StatusCode {
        match self.0 {
            Reason::Missing => StatusCode::PRECONDITION_REQUIRED,
            Reason::Failed(..) => StatusCode::PRECONDITION_FAILED,
        }
    }
}

impl fmt::Display for UnmetPrecondition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Reason::Missing => f.write_str(
                "this request needs a precondition: send `If-Match` with the `ETag` of the version that it is for",
            ),
            Reason::Failed(name, reason) => {
                write!(f, "the resource does not meet the precondition `{name}`: {reason}")
            }
        }
    }
}

impl Error for UnmetPrecondition {}

impl From<UnmetPrecondition> for Rejection {
    fn from(unmet: UnmetPrecondition) -> Self {
        let rejection = Self::new(unmet.status(), unmet.to_string());
        match unmet.0 {
            Reason::Missing => rejection,
            Reason::Failed(name, reason) => {
                rejection.with_fault("header", name.to_string(), reason)
            }
        }
    }
}

impl IntoResponse for UnmetPrecondition {
    const FACTS: Facts = Facts::NONE;
    const ANSWERS: Answers = Answers::list(&[
        Answer::problem(412).about("the resource does not meet the precondition"),
        Answer::problem(428).about("the request has no precondition"),
    ]);

    fn into_response(self) -> Response {
        Rejection::from(self).into_response()
    }
}
