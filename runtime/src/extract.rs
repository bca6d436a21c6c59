//! Extractors: handler arguments that are created from the request.

use std::future::Future;

use crate::{
    request::Context,
    response::Rejection,
    routes::{Answer, Answers, Inputs, Login},
};

mod accept;
mod auth;
#[cfg(feature = "basic-auth")]
mod basic;
mod bind;
mod body;
mod body_stream;
mod client;
#[cfg(feature = "cookies")]
pub mod cookies;
mod form;
#[cfg(any(
    feature = "msgpack",
    feature = "protobuf",
    feature = "toml",
    feature = "xml",
    feature = "yaml"
))]
mod formats;
mod head;
#[cfg(feature = "headers")]
mod header;
mod input;
mod json;
mod last_event_id;
mod list;
#[cfg(feature = "multipart")]
pub mod multipart;
mod optional;
#[cfg(feature = "pages")]
pub mod paging;
mod param;
mod path;
mod payloads;
mod precondition;
mod query;
pub(crate) mod safe_path;
mod same_origin;
mod scope;
mod state;
#[cfg(feature = "validate")]
mod valid;
#[cfg(feature = "ws")]
pub mod websocket;

#[doc(hidden)]
pub use crate::request::{CloneState, HasState, SharedValue, StateField};
pub use crate::{
    request::{Provide, State},
    response::Json,
    routes::{Fact, FactList, Facts, LocalId, LocalType},
};
pub use auth::Bearer;
#[cfg(feature = "basic-auth")]
pub use basic::Basic;
pub use bind::Bind;
pub use client::Client;
pub use form::Form;
#[cfg(feature = "msgpack")]
pub use formats::MsgPack;
#[cfg(feature = "protobuf")]
pub use formats::Protobuf;
#[cfg(feature = "toml")]
pub use formats::Toml;
#[cfg(feature = "xml")]
pub use formats::Xml;
#[cfg(feature = "yaml")]
pub use formats::Yaml;
pub use head::{ConnectInfo, Local, MatchedRoute};
#[cfg(feature = "headers")]
pub use header::Header;
pub use input::Input;
pub use last_event_id::LastEventId;
pub use list::List;
pub use optional::{Either, OptionalExtract};
#[doc(hidden)]
pub use param::param_named;
pub(crate) use param::{PathParam, param_rejection};
pub use path::{Path, PathFields};
pub use precondition::Precondition;
pub use query::Query;
pub use safe_path::{SafePath, UnsafePath};
pub use same_origin::SameOrigin;
pub(crate) use same_origin::is_same_origin;
pub(crate) use scope::{OpenScope, Opening};
pub use scope::{Opens, Scope};
#[cfg(feature = "validate")]
pub use valid::Valid;
#[cfg(feature = "ws")]
pub(crate) use websocket::close_frame;

/// The facts of a body whose content type is checked. Generic extractors share it, so that the compiler evaluates it
/// once.
const TYPED_BODY: Facts = Facts::BODY.and(crate::routes::header_facts!("content-type"));

/// The facts of a value that is in the query of a GET and in the body of other requests.
const QUERY_OR_BODY: Facts = TYPED_BODY.or(Facts::QUERY);

/// The rejections of a path parameter.
pub(crate) const PATH_ANSWERS: Answers =
    Answers::one(Answer::problem(400).about("a path parameter is not valid"));

/// The rejections of a query.
const QUERY_ANSWERS: Answers =
    Answers::one(Answer::problem(400).about("the query does not have the expected structure"));

/// The rejections of missing or invalid credentials.
const LOGIN_ANSWERS: Answers = Answers::one(
    Answer::problem(401)
        .about("the request has no valid credentials")
        .headers(&["www-authenticate"]),
);

/// The rejections while a body is read.
pub(crate) const BODY_ANSWERS: Answers = Answers::list(&[
    Answer::problem(400).about("the request is malformed"),
    Answer::problem(408).about("the body arrived too slowly"),
    Answer::problem(413).about("the body is larger than allowed"),
]);

/// The rejections of a body whose content type is checked and whose content is deserialized.
const TYPED_BODY_ANSWERS: Answers = Answers::either(
    &BODY_ANSWERS,
    &Answers::list(&[
        Answer::problem(415).about("the body has another content type"),
        Answer::problem(422).about("the body does not have the expected structure"),
    ]),
);

/// A handler argument that is created from the head of the request, or from its whole body.
///
/// Prefer this trait: it is synchronous and adds no allocation to a request. An argument that must wait, for
/// example for a database, implements [`ExtractAsync`].
///
/// # Examples
/// ```
/// use highball::prelude::*;
///
/// struct Locale(String);
///
/// impl<'r> Extract<'r> for Locale {
///     type State = ();
///
///     fn extract(input: Input<'r>) -> Result<Self, Rejection> {
///         let value = input.headers().get(header::ACCEPT_LANGUAGE);
///         let value = value.and_then(|value| value.to_str().ok()).unwrap_or("en");
///         Ok(Locale(value.to_owned()))
///     }
/// }
///
/// #[get("/hello")]
/// async fn hello(locale: Locale) -> String {
///     format!("hello in {}", locale.0)
/// }
/// # #[routes(app)] struct Api(hello);
/// ```
pub trait Extract<'r>: Sized {
    /// The part of the app state that the extractor reads, or `()`.
    type State: 'static;

    /// Whether the extractor takes the body.
    ///
    /// The whole body is then read before [`extract`](Self::extract) runs. A handler can have only one such argument.
    const BODY: bool = false;

    /// Whether the extractor reads the query of a GET or HEAD instead of a body, as browsers send a form with that
    /// method.
    #[doc(hidden)]
    const QUERY_OF_GET: bool = false;

    /// The names of the path parameters that the extractor reads.
    const PARAMS: &'static [&'static str] = &[];

    /// The locals that the chain must provide: [`LocalType::ID`] of each type.
    const NEEDS: &'static [LocalId] = &[];

    /// The facts about what the extractor reads and does, for checks of the compiler.
    const FACTS: Facts = Facts::OPAQUE;

    /// The parts of the request that it reads, for documents and clients.
    const INPUTS: Inputs = Inputs::OPAQUE;

    /// The rejections, for documents and clients.
    const ANSWERS: Answers = Answers::OPAQUE;

    /// The scope that is open around the handler because it takes this argument. A guard or a middleware cannot take
    /// it.
    const OPENS: Option<Opens<Self::State>> = None;

    /// Creates the argument.
    ///
    /// # Errors
    /// Returns a rejection, sent as the response, if the request lacks the required data.
    fn extract(input: Input<'r, Self::State>) -> Result<Self, Rejection>;

    /// Checks the head of the request before the body is read.
    ///
    /// It runs for every argument of a handler that takes the body. A rejection is sent immediately, and a client that
    /// waits for `100 Continue` does not send its body. Implement it for an extractor that takes the body and requires
    /// a content type. [`extract`](Self::extract) runs later and must repeat the check, because it can also run
    /// without this method.
    ///
    /// # Examples
    /// ```
    /// use highball::{http::StatusCode, prelude::*};
    ///
    /// struct Csv(String);
    ///
    /// impl<'r> Extract<'r> for Csv {
    ///     type State = ();
    ///     const BODY: bool = true;
    ///
    ///     fn extract(input: Input<'r>) -> Result<Self, Rejection> {
    ///         Self::check_head(input)?;
    ///         Ok(Csv(String::from_utf8_lossy(input.body()).into_owned()))
    ///     }
    ///
    ///     fn check_head(input: Input<'_>) -> Result<(), Rejection> {
    ///         match input.headers().get(header::CONTENT_TYPE) {
    ///             Some(value) if value == "text/csv" => Ok(()),
    ///             _ => Err(Rejection::new(
    ///                 StatusCode::UNSUPPORTED_MEDIA_TYPE,
    ///                 "the body must have the `Content-Type` text/csv",
    ///             )),
    ///         }
    ///     }
    /// }
    ///
    /// #[post("/lines")]
    /// async fn lines(csv: Csv) -> String {
    ///     csv.0.lines().count().to_string()
    /// }
    /// # #[routes(app)] struct Api(lines);
    /// ```
    ///
    /// # Errors
    /// Returns the rejection of [`extract`](Self::extract) if the head alone is a reason for it.
    fn check_head(input: Input<'_, Self::State>) -> Result<(), Rejection> {
        let _ = input;
        Ok(())
    }
}

/// A handler argument whose creation waits, for example for a database or for the body.
///
/// It costs two allocations for each request. An argument that does not wait implements [`Extract`] instead.
///
/// # Examples
/// ```
/// use highball::prelude::*;
///
/// struct Session(String);
///
/// impl ExtractAsync for Session {
///     type State = ();
///
///     async fn extract(cx: &mut Context<'_>, _: Input<'_>) -> Result<Self, Rejection> {
///         let id = cx.header("x-session").unwrap_or_default().to_owned();
///         tokio::task::yield_now().await; // a database query in a real app
///         Ok(Session(id))
///     }
/// }
///
/// #[get("/me")]
/// async fn me(session: Session) -> String {
///     session.0
/// }
/// # #[routes(app)] struct Api(me);
/// ```
pub trait ExtractAsync: Sized + Send + 'static {
    /// The part of the app state that the extractor reads, or `()`.
    type State: Send + Sync + 'static;

    /// Whether the extractor takes the body. A handler can have only one such argument.
    const BODY: bool = false;

    /// The facts about what the extractor reads and does, for checks of the compiler.
    const FACTS: Facts = Facts::OPAQUE;

    /// The parts of the request that it reads, for documents and clients.
    const INPUTS: Inputs = Inputs::OPAQUE;

    /// The rejections, for documents and clients.
    const ANSWERS: Answers = Answers::OPAQUE;

    /// The locals that the chain must provide: [`LocalType::ID`] of each type.
    const NEEDS: &'static [LocalId] = &[];

    /// Creates the argument. `input` has the head, the locals and the state. The body is read through the context.
    ///
    /// # Errors
    /// Returns a rejection, sent as the response, if the request lacks the required data.
    ///
    /// # Cancel safety
    /// The future is dropped if the client disconnects or a timeout ends, at any `await`.
    fn extract(
        cx: &mut Context<'_>,
        input: Input<'_, Self::State>,
    ) -> impl Future<Output = Result<Self, Rejection>> + Send;
}
