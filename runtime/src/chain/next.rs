//! The rest of a chain, as a value that a middleware runs once.

use std::{future::Future, pin::pin};

use super::{Call, Chain, Detached, panic_response};
use crate::{
    chain::panics::{Caught, catch_panic},
    request::Context,
    response::Response,
};

/// The rest of the chain, as an argument of a middleware.
///
/// A middleware with `impl Next` calls [`run`](Next::run). A middleware with `impl Next<T>` passes a `T` to the rest
/// of the chain: it calls `next.with(value).run(cx)`, and handlers, guards and middleware after it read the value as
/// a [`Local`](struct@crate::Local). The rest runs at most once, because both methods take it by value.
///
/// # Examples
/// ```
/// use highball::prelude::*;
///
/// #[middleware]
/// async fn timing(cx: &mut Context<'_>, next: impl Next) -> Response {
///     let start = std::time::Instant::now();
///     let mut response = next.run(cx).await;
///     let took = start.elapsed().as_micros().to_string();
///     response.set_header("server-timing", took);
///     response
/// }
/// ```
#[must_use = "the request is not answered unless `next.run(cx)` is awaited or a response returned"]
pub trait Next<T: Send + Sync + 'static = ()>: Send + Sized {
    /// Runs the rest of the chain.
    ///
    /// If the rest of the chain panics, this returns the 500 that is sent for the panic.
    ///
    /// # Cancel safety
    /// If the future is dropped, the rest of the chain is dropped with it. [`Timeout`](crate::middleware::Timeout) does that.
    fn run(self, cx: &mut Context<'_>) -> impl Future<Output = Response> + Send
    where
        T: Nothing;

    /// Runs the rest of the chain without catching a panic. Guards use it, because they do not read the response.
    #[doc(hidden)]
    fn pass(self, cx: &mut Context<'_>) -> impl Future<Output = Response> + Send
    where
        T: Nothing;

    /// Returns the rest of the chain with a local that it can read.
    ///
    /// # Examples
    /// ```
    /// use highball::prelude::*;
    ///
    /// #[derive(Clone, Debug, Local)]
    /// struct Tenant(String);
    ///
    /// #[middleware]
    /// async fn tenant(cx: &mut Context<'_>, next: impl Next<Tenant>) -> Response {
    ///     let name = cx.header("x-tenant").unwrap_or("public").to_owned();
    ///     next.with(Tenant(name)).run(cx).await
    /// }
    ///
    /// #[get("/")]
    /// async fn home(tenant: Local<'_, Tenant>) -> String {
    ///     tenant.0.clone()
    /// }
    ///
    /// #[routes(app, with(tenant))]
    /// struct Api(home);
    ///
    /// # highball::block_on(async {
    /// assert_eq!(Api.test().get("/").send().await.text(), "public");
    /// # });
    /// ```
    fn with(self, value: T) -> impl Next;

    /// Returns a future that runs the rest of the chain for a copy of this request, also after this request has ended.
    ///
    /// Use it for work that must not depend on one client, such as a response for a cache: spawn it with
    /// [`Context::spawn`]. The copy is a GET without a body, without preconditions and without `Range`. Of the locals,
    /// it has only the one that is passed with [`with`](Self::with): those of outer guards belong to this request. The
    /// outer parts of the chain, such as their timeouts, do not run around it.
    ///
    /// # Examples
    /// ```
    /// use highball::prelude::*;
    ///
    /// /// Lets the rest run to its end, even if the client disconnects.
    /// #[middleware]
    /// async fn to_the_end(cx: &mut Context<'_>, next: impl Next) -> Response {
    ///     match cx.spawn(next.detached(cx)).await {
    ///         Ok(response) => response,
    ///         Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    ///     }
    /// }
    ///
    /// #[get("/report", with(to_the_end))]
    /// async fn report() -> &'static str {
    ///     "a long report"
    /// }
    ///
    /// #[routes(app)]
    /// struct Api(report);
    ///
    /// # highball::block_on(async {
    /// assert_eq!(Api.test().get("/report").send().await.text(), "a long report");
    /// # });
    /// ```
    ///
    /// # Errors
    /// A rejection is rendered, and a panic is a 500, as it is sent. Without a route the response is a 500.
    fn detached(self, cx: &Context<'_>) -> Detached
    where
        T: Nothing,
    {
        self.detached_with_query(cx, cx.uri().query().unwrap_or_default())
    }

    /// As [`detached`](Self::detached), with another query. A cache passes only what is in its key.
    ///
    /// # Examples
    /// ```
    /// use highball::prelude::*;
    ///
    /// #[middleware]
    /// async fn first_page(cx: &mut Context<'_>, next: impl Next) -> Response {
    ///     next.detached_with_query(cx, "page=1").await
    /// }
    /// ```
    fn detached_with_query(self, cx: &Context<'_>, query: &str) -> Detached
    where
        T: Nothing;

    /// Returns the rest of the chain without a local, for a guard that is skipped.
    #[doc(hidden)]
    fn skip(self) -> impl Next;
}

/// The type that [`Next::run`] requires of a middleware that passes no local on: `()`.
#[diagnostic::on_unimplemented(
    message = "this middleware must pass a `{Self}` on before it runs the rest",
    label = "no value has been passed on",
    note = "write `next.with(value).run(cx)`"
)]
pub trait Nothing {}

impl Nothing for () {}

/// The rest of a chain and the call that it runs with.
pub(super) struct Rest<'f, C, S> {
    pub(super) chain: C,
    pub(super) call: Call<'f, S>,
}

impl<S: Send + Sync + 'static, C: Chain<S>, T: Send + Sync + 'static> Next<T> for Rest<'_, C, S> {
    fn run(self, cx: &mut Context<'_>) -> impl Future<Output = Response> + Send
    where
        T: Nothing,
    {
        Caught::new(self.chain.run(cx, self.call), self.call)
    }

    fn pass(self, cx: &mut Context<'_>) -> impl Future<Output = Response> + Send
    where
        T: Nothing,
    {
        self.chain.run(cx, self.call)
    }

    fn with(self, value: T) -> impl Next {
        RestWith { rest: self, value }
    }

    fn detached_with_query(self, cx: &Context<'_>, query: &str) -> Detached
    where
        T: Nothing,
    {
        Detached::new(self.chain, self.call, cx.head().plain_get(query), ())
    }

    fn skip(self) -> impl Next {
        self
    }
}

/// The rest of a chain with one more local.
struct RestWith<'f, C, S, T> {
    rest: Rest<'f, C, S>,
    value: T,
}

impl<S: Send + Sync + 'static, C: Chain<S>, T: Send + Sync + 'static> Next
    for RestWith<'_, C, S, T>
{
    async fn run(self, cx: &mut Context<'_>) -> Response {
        let Rest { chain, call } = self.rest;
        let locals = &call.locals.push(&self.value);
        let outcome = catch_panic(pin!(chain.run(cx, Call { locals, ..call }))).await;
        outcome.unwrap_or_else(|cause| panic_response(call, cause))
    }

    async fn pass(self, cx: &mut Context<'_>) -> Response {
        let Rest { chain, call } = self.rest;
        let locals = &call.locals.push(&self.value);
        chain.run(cx, Call { locals, ..call }).await
    }

    fn with(self, (): ()) -> impl Next {
        self
    }

    fn detached_with_query(self, cx: &Context<'_>, query: &str) -> Detached {
        let head = cx.head().plain_get(query);
        Detached::new(self.rest.chain, self.rest.call, head, self.value)
    }

    fn skip(self) -> impl Next {
        self
    }
}
