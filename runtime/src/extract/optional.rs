//! The argument types `Option<T>`, `Result<T, Rejection>` and `Either<A, B>`.

use http::{StatusCode, header};
use serde::de::DeserializeOwned;

use super::{
    Answers, Bearer, ConnectInfo, Extract, Facts, Input, Inputs, Local, MatchedRoute, Opens,
};
use crate::{
    response::{IntoResponse, Json, Rejection, Response},
    routes::{LocalId, LocalType},
};

/// An extractor that distinguishes missing data from invalid data, so that an argument can be an `Option` of it.
///
/// The argument is `None` if the data is missing. Invalid data, such as malformed credentials, is still rejected. To
/// handle it, use the argument type `Result<T, Rejection>`.
///
/// # Examples
/// ```
/// use highball::prelude::*;
///
/// #[get("/hello")]
/// async fn hello(token: Option<Bearer>) -> &'static str {
///     match token {
///         Some(_) => "hello again",
///         None => "hello",
///     }
/// }
/// # #[routes(app)] struct Api(hello);
/// ```
///
/// Your own extractor can implement it:
/// ```
/// use highball::{extract::OptionalExtract, http::StatusCode, prelude::*};
///
/// struct Version(u32);
///
/// impl<'r> Extract<'r> for Version {
///     type State = ();
///
///     fn extract(input: Input<'r>) -> Result<Self, Rejection> {
///         let missing = || Rejection::new(StatusCode::BAD_REQUEST, "the header `x-version` is missing");
///         Self::extract_optional(input)?.ok_or_else(missing)
///     }
/// }
///
/// impl<'r> OptionalExtract<'r> for Version {
///     fn extract_optional(input: Input<'r>) -> Result<Option<Self>, Rejection> {
///         let Some(value) = input.headers().get("x-version") else {
///             return Ok(None);
///         };
///         let number = value.to_str().ok().and_then(|text| text.parse().ok());
///         let invalid = || Rejection::new(StatusCode::BAD_REQUEST, "`x-version` must be a number");
///         Ok(Some(Self(number.ok_or_else(invalid)?)))
///     }
/// }
///
/// #[get("/version")]
/// async fn show(version: Option<Version>) -> String {
///     version.map_or(1, |version| version.0).to_string()
/// }
///
/// #[routes(app)]
/// struct Api(show);
///
/// # highball::block_on(async {
/// let session = Api.test().start();
/// assert_eq!(session.get("/version").send().await.text(), "1");
/// assert_eq!(session.get("/version").header("x-version", "2").send().await.text(), "2");
/// assert_eq!(session.get("/version").header("x-version", "x").send().await.status(), 400);
/// # });
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is always present, or cannot report that it is absent",
    label = "cannot be an `Option`",
    note = "take `Result<{Self}, Rejection>`, or implement `OptionalExtract` for it"
)]
pub trait OptionalExtract<'r>: Extract<'r> {
    /// The locals that the chain must provide for an `Option` of the extractor as well.
    const OPTIONAL_NEEDS: &'static [LocalId] = &[];

    /// Creates the argument, or returns `None` if the request does not contain its data.
    ///
    /// # Errors
    /// Returns a rejection, sent as the response, if the data is invalid.
    fn extract_optional(input: Input<'r, Self::State>) -> Result<Option<Self>, Rejection>;
}

impl<'r, T: OptionalExtract<'r>> Extract<'r> for Option<T> {
    type State = T::State;
    const BODY: bool = T::BODY;
    const QUERY_OF_GET: bool = T::QUERY_OF_GET;
    const PARAMS: &'static [&'static str] = T::PARAMS;
    const NEEDS: &'static [LocalId] = T::OPTIONAL_NEEDS;
    const FACTS: Facts = T::FACTS.maybe();
    const INPUTS: Inputs = Inputs::maybe(&T::INPUTS);
    const ANSWERS: Answers = T::ANSWERS;
    const OPENS: Option<Opens<T::State>> = T::OPENS;

    fn extract(input: Input<'r, T::State>) -> Result<Self, Rejection> {
        T::extract_optional(input)
    }
}

/// Passes the rejection to the handler and never rejects the request itself.
impl<'r, T: Extract<'r>> Extract<'r> for Result<T, Rejection> {
    type State = T::State;
    const BODY: bool = T::BODY;
    const QUERY_OF_GET: bool = T::QUERY_OF_GET;
    const PARAMS: &'static [&'static str] = T::PARAMS;
    const NEEDS: &'static [LocalId] = T::NEEDS;
    const FACTS: Facts = T::FACTS.maybe();
    const INPUTS: Inputs = Inputs::maybe(&T::INPUTS);
    const ANSWERS: Answers = Answers::NONE;
    const OPENS: Option<Opens<T::State>> = T::OPENS;

    fn extract(input: Input<'r, T::State>) -> Result<Self, Rejection> {
        Ok(T::extract(input))
    }
}

/// One of two values: as an extractor the first that accepts the request, as a response either of two types.
///
/// # Examples
/// ```
/// use highball::{extract::Either, prelude::*};
///
/// #[derive(serde::Deserialize)]
/// struct Note {
///     text: String,
/// }
///
/// #[post("/notes")]
/// async fn add(note: Either<Json<Note>, Form<Note>>) -> String {
///     match note {
///         Either::Left(note) => note.0.text,
///         Either::Right(note) => note.0.text,
///     }
/// }
/// # #[routes(app)] struct Api(add);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Either<A, B> {
    /// The value of the first extractor.
    Left(A),
    /// The value of the second extractor, which runs if the first rejects the request.
    ///
    /// If both reject it, the response is the rejection of the extractor that accepts the content type of the request,
    /// or of the second if both do. If neither does, a 415 names the content types of both.
    Right(B),
}

impl<'r, A: Extract<'r>, B: Extract<'r, State = A::State>> Extract<'r> for Either<A, B> {
    type State = A::State;
    const BODY: bool = A::BODY || B::BODY;
    const PARAMS: &'static [&'static str] = B::PARAMS;
    const NEEDS: &'static [LocalId] = B::NEEDS;
    const FACTS: Facts = Facts::either(&A::FACTS, &B::FACTS);
    const INPUTS: Inputs = Inputs::either(&A::INPUTS, &B::INPUTS);
    const ANSWERS: Answers = Answers::either(&A::ANSWERS, &B::ANSWERS);
    const OPENS: Option<Opens<A::State>> = Opens::either(A::OPENS, B::OPENS);

    fn extract(input: Input<'r, A::State>) -> Result<Self, Rejection> {
        match A::extract(input) {
            Ok(left) => Ok(Self::Left(left)),
            Err(left) => match B::extract(input) {
                Ok(right) => Ok(Self::Right(right)),
                Err(right) => Err(merge_rejections(left, right)),
            },
        }
    }

    fn check_head(input: Input<'_, A::State>) -> Result<(), Rejection> {
        let Err(left) = A::check_head(input) else {
            return Ok(());
        };
        B::check_head(input).map_err(|right| merge_rejections(left, right))
    }
}

/// Returns the rejection of the side that accepts the content type of the request.
fn merge_rejections(left: Rejection, right: Rejection) -> Rejection {
    // The rejection of the other side would mislead a client that has chosen one of the two formats.
    const OTHER_TYPE: StatusCode = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    match (left.status(), right.status()) {
        (OTHER_TYPE, OTHER_TYPE) => {
            let detail = format!("{}; or {}", left.detail(), right.detail());
            Rejection::new(OTHER_TYPE, detail)
        }
        (_, OTHER_TYPE) => left,
        _ => right,
    }
}

impl<A: IntoResponse, B: IntoResponse> IntoResponse for Either<A, B> {
    const FACTS: Facts = Facts::either(&A::FACTS, &B::FACTS);
    const ANSWERS: Answers = Answers::either(&A::ANSWERS, &B::ANSWERS);

    fn into_response(self) -> Response {
        match self {
            Self::Left(left) => left.into_response(),
            Self::Right(right) => right.into_response(),
        }
    }
}

/// Returns `None` if the request has no header `Authorization`.
impl<'r> OptionalExtract<'r> for Bearer {
    fn extract_optional(input: Input<'r>) -> Result<Option<Self>, Rejection> {
        match input.headers().contains_key(header::AUTHORIZATION) {
            true => Self::extract(input).map(Some),
            false => Ok(None),
        }
    }
}

/// Returns `None` if the request has no header `Authorization`.
#[cfg(feature = "basic-auth")]
impl<'r> OptionalExtract<'r> for super::Basic {
    fn extract_optional(input: Input<'r>) -> Result<Option<Self>, Rejection> {
        match input.headers().contains_key(header::AUTHORIZATION) {
            true => Self::extract(input).map(Some),
            false => Ok(None),
        }
    }
}

/// Returns `None` if the request has no such header.
#[cfg(feature = "headers")]
impl<'r, T: headers::Header> OptionalExtract<'r> for super::Header<T> {
    fn extract_optional(input: Input<'r>) -> Result<Option<Self>, Rejection> {
        match input.headers().contains_key(T::name()) {
            true => Self::extract(input).map(Some),
            false => Ok(None),
        }
    }
}

/// Returns `None` if no part of the chain provides the local. So a handler can be behind a guard in one group and
/// without it in another.
impl<'r, T: LocalType> OptionalExtract<'r> for Local<'r, T> {
    fn extract_optional(input: Input<'r>) -> Result<Option<Self>, Rejection> {
        input.local().map(|_: &T| Self::extract(input)).transpose()
    }
}

/// Returns `None` if the request has no connection, as in a test.
impl<'r> OptionalExtract<'r> for ConnectInfo {
    fn extract_optional(input: Input<'r>) -> Result<Option<Self>, Rejection> {
        Ok(input.peer().map(Self))
    }
}

/// Returns `None` in a fallback.
impl<'r> OptionalExtract<'r> for MatchedRoute {
    fn extract_optional(input: Input<'r>) -> Result<Option<Self>, Rejection> {
        Ok(input.route().map(Self))
    }
}

/// Returns `None` if the request has no body.
impl<'r, T: DeserializeOwned> OptionalExtract<'r> for Json<T> {
    fn extract_optional(input: Input<'r>) -> Result<Option<Self>, Rejection> {
        match input.body().is_empty() {
            true => Ok(None),
            false => Self::extract(input).map(Some),
        }
    }
}
