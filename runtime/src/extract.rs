//! Extractors: handler arguments that are made from the request.

use std::{borrow::Cow, future::Future, marker::PhantomData, net::SocketAddr};

use bytes::Bytes;
use http::{HeaderMap, Method, Uri, Version};

use crate::{
    app::Route,
    chain::{Env, Locals, Prepare},
    context::Context,
    head::Head,
    rejection::Rejection,
    state::{Provide, State, View},
};

mod body;
mod head;
#[cfg(feature = "headers")]
mod header;
pub(crate) mod json;
mod param;
mod path;
pub(crate) mod query;

pub use head::{Bearer, ConnectInfo, Local, MatchedRoute};
#[cfg(feature = "headers")]
pub use header::Header;
pub use param::{param, param_named, param_text};
pub use path::{Path, PathFields};
pub use query::Query;

/// A handler argument that is made from the head of the request, or from its whole body.
///
/// This is the form without waiting, and the one to prefer: it costs nothing beyond its own
/// work. An argument that must wait (for a database, say) implements [`ExtractAsync`].
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
    /// The part of the app state that it reads, or `()`.
    type State: Send + Sync + 'static;

    /// Whether it takes the body: then the body is read whole before it, and a handler can have
    /// only one such argument.
    const BODY: bool = false;

    /// The names of the path parameters that it takes.
    const PARAMS: &'static [&'static str] = &[];

    /// Makes the argument.
    ///
    /// # Errors
    /// A request that has not got what it takes; the rejection is the answer.
    fn extract(input: Input<'r, Self::State>) -> Result<Self, Rejection>;
}

/// A handler argument that has to wait for something.
///
/// It costs two allocations a request; what can be made without waiting implements [`Extract`].
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
///     async fn extract(cx: &mut Context<'_>, _: &()) -> Result<Self, Rejection> {
///         let id = cx.header("x-session").unwrap_or_default().to_owned();
///         tokio::task::yield_now().await; // a look into a store
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
    /// The part of the app state that it reads, or `()`.
    type State: Send + Sync + 'static;

    /// Makes the argument.
    ///
    /// # Errors
    /// A request that has not got what it takes; the rejection is the answer.
    fn extract(
        cx: &mut Context<'_>,
        state: &Self::State,
    ) -> impl Future<Output = Result<Self, Rejection>> + Send;
}

/// What an extractor can read of the request.
pub struct Input<'r, T: 'static = ()> {
    head: &'r Head,
    body: &'r Bytes,
    locals: &'r Locals<'r>,
    state: &'r dyn View<T>,
}

impl<'r, T: 'static> Input<'r, T> {
    /// Returns the method.
    pub fn method(&self) -> &'r Method {
        &self.head.method
    }

    /// Returns the target.
    pub fn uri(&self) -> &'r Uri {
        &self.head.uri
    }

    /// Returns the version of HTTP.
    pub fn version(&self) -> Version {
        self.head.version
    }

    /// Returns the headers.
    pub fn headers(&self) -> &'r HeaderMap {
        &self.head.headers
    }

    /// Returns the text behind the `?`, or the empty text.
    pub fn query(&self) -> &'r str {
        self.head.uri.query().unwrap_or_default()
    }

    /// Returns a path parameter, percent-decoded.
    pub fn param(&self, name: &str) -> Option<&'r str> {
        self.head.param_named(name)
    }

    /// Returns the route that matched.
    pub fn route(&self) -> Option<&'static Route> {
        self.head.route
    }

    /// Returns the address at the other end of the connection, where there is a connection.
    pub fn peer(&self) -> Option<SocketAddr> {
        self.head.peer
    }

    /// Returns the body, for an extractor whose `BODY` is true; it is empty for others.
    pub fn body(&self) -> &'r Bytes {
        self.body
    }

    /// Returns the innermost value of this type that the chain has provided.
    pub fn local<L: 'static>(&self) -> Option<&'r L> {
        self.locals.get()
    }

    /// Returns the part of the app state that the extractor named.
    pub fn state(&self) -> &'r T {
        self.state.value()
    }

    pub(crate) fn share_state(&self) -> State<T> {
        self.state.share()
    }
}

impl<T: 'static> std::fmt::Debug for Input<'_, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Input")
            .field("path", &self.uri().path())
            .finish_non_exhaustive()
    }
}

/// Answers what is known of an argument's type without an error where it is no extractor.
///
/// The inherent constants win where their bounds hold, those of [`NoExtractor`] otherwise: so the
/// one error about such a type comes from [`assert_extractor`], and nothing repeats it.
#[derive(Debug)]
pub struct Probe<T>(PhantomData<T>);

/// The argument is not an extractor.
pub(crate) const NOT: u8 = 0;
/// The argument implements [`Extract`].
pub const SYNC: u8 = 1;
/// The argument implements [`ExtractAsync`].
pub(crate) const ASYNC: u8 = 2;

impl<T: Extract<'static>> Probe<T> {
    /// Which kind of extractor it is.
    pub const MODE: u8 = SYNC;
    /// Whether it takes the body.
    pub const BODY: bool = T::BODY;
    /// The path parameters that it takes.
    pub const PARAMS: &'static [&'static str] = T::PARAMS;
}

/// What is known of a type that is no [`Extract`].
pub trait NoExtractor {
    /// Which kind of extractor it is.
    const MODE: u8 = NOT;
    /// Whether it takes the body.
    const BODY: bool = false;
    /// The path parameters that it takes.
    const PARAMS: &'static [&'static str] = &[];
}

impl<T> NoExtractor for Probe<T> {}

/// As [`Probe`], for [`ExtractAsync`].
#[derive(Debug)]
pub struct ProbeAsync<T>(PhantomData<T>);

impl<T: ExtractAsync> ProbeAsync<T> {
    /// Which kind of extractor it is.
    pub const MODE: u8 = ASYNC;
}

impl<T> NoExtractor for ProbeAsync<T> {}

/// App state from which an argument can be made: the bound that stands for each argument.
///
/// It holds for every state where `MODE` says that the argument is no extractor, since that has
/// been reported where the handler stands.
pub trait Need<'r, const MODE: u8, A>: Sized + Send + Sync + 'static {
    /// What runs ahead of the handler.
    const PREPARE: Option<Prepare<Self>> = None;

    /// Makes the argument.
    ///
    /// # Errors
    /// What the extractor says.
    fn extract(env: Env<'r, Self>) -> Result<A, Rejection>;
}

impl<'r, S: Send + Sync + 'static, A> Need<'r, NOT, A> for S {
    fn extract(_: Env<'r, Self>) -> Result<A, Rejection> {
        Err(Rejection::internal())
    }
}

impl<'r, S: Provide<A::State>, A: Extract<'r>> Need<'r, SYNC, A> for S {
    fn extract(env: Env<'r, Self>) -> Result<A, Rejection> {
        A::extract(Input {
            head: env.head,
            body: &env.ready.body,
            locals: env.locals,
            state: env.base.connection,
        })
    }
}

impl<'r, S: Provide<A::State>, A: ExtractAsync> Need<'r, ASYNC, A> for S {
    const PREPARE: Option<Prepare<Self>> = Some(|cx, env, prepared| {
        Box::pin(async move {
            prepared.put(A::extract(cx, env.state::<A::State>()).await?);
            Ok(())
        })
    });

    fn extract(env: Env<'r, Self>) -> Result<A, Rejection> {
        env.ready.prepared.take().ok_or_else(Rejection::internal)
    }
}

/// Stops the compilation where an argument is no extractor.
#[track_caller]
pub const fn assert_extractor(mode: u8, message: &str) {
    if mode == NOT {
        panic!("{}", message)
    }
}

/// Stops the compilation at a second argument that takes the body.
#[track_caller]
pub const fn assert_one_body(earlier: bool, this: bool, message: &str) {
    if earlier && this {
        panic!("{}", message)
    }
}

/// Stops the compilation where nothing takes a parameter of the path: each argument has its mode
/// and what it takes. One that is no extractor might have been meant to, and is reported.
#[track_caller]
pub const fn assert_taken(name: &str, taken: &[(u8, &[&str])], message: &str) {
    let mut i = 0;
    while i < taken.len() {
        if taken[i].0 == NOT || crate::text::contains(taken[i].1, name) {
            return;
        }
        i += 1;
    }
    panic!("{}", message)
}

/// Stops the compilation where an argument takes a parameter that the path has not.
#[track_caller]
pub const fn assert_fields(taken: &[&str], own: &[&str], ty: &str, path: &str) {
    let mut i = 0;
    while i < taken.len() {
        if !crate::text::contains(own, taken[i]) {
            let text = crate::text::Text::<512>::EMPTY
                .with("`")
                .with(ty)
                .with("` takes the parameter `");
            let text = text
                .with(taken[i])
                .with("`, but `")
                .with(path)
                .with("` has no `{");
            let text = text
                .with(taken[i])
                .with("}`; rename the field, or the parameter");
            panic!("{}", text.as_str())
        }
        i += 1;
    }
}

/// Text that may borrow from the request.
pub(crate) type Text<'r> = Cow<'r, str>;
