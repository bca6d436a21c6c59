//! The rest of a chain, as a value that a middleware runs once.

use std::{future::Future, pin::pin};

use super::{Call, Chain, answer_panic};
use crate::{
    chain::panics::{Caught, catch_panic},
    request::Context,
    response::Response,
};

/// The rest of the chain, as a middleware sees it.
///
/// `impl Next<T>` says that the middleware hands a `T` on, which everything further in can read as
/// a [`Local`](struct@crate::Local): it gets the value by [`with`](Next::with) before it runs. Either runs
/// the rest once, since both take it by value.
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
    /// If something in it panics, this returns the 500 that the panic is answered with.
    fn run(self, cx: &mut Context<'_>) -> impl Future<Output = Response> + Send
    where
        T: Nothing;

    /// Runs the rest for what does nothing with its answer, a guard: a panic passes through.
    #[doc(hidden)]
    fn pass(self, cx: &mut Context<'_>) -> impl Future<Output = Response> + Send
    where
        T: Nothing;

    /// Passes the value on, and returns what is left to run.
    fn with(self, value: T) -> impl Next;

    /// Returns the rest without the value: a guard does not stand before the answer to a path
    /// that has no route.
    #[doc(hidden)]
    fn skip(self) -> impl Next;
}

/// Nothing to hand on: what `next.run(cx)` wants.
#[diagnostic::on_unimplemented(
    message = "the rest of the chain waits for a `{Self}`",
    label = "nothing has been handed on",
    note = "write `next.with(value).run(cx)`"
)]
pub trait Nothing {}

impl Nothing for () {}

/// The rest of a chain, with what it needs to run.
pub(super) struct Rest<'f, C, S> {
    pub(super) chain: C,
    pub(super) env: Call<'f, S>,
}

impl<S: Send + Sync + 'static, C: Chain<S>, T: Send + Sync + 'static> Next<T> for Rest<'_, C, S> {
    fn run(self, cx: &mut Context<'_>) -> impl Future<Output = Response> + Send
    where
        T: Nothing,
    {
        Caught::new(self.chain.call(cx, self.env), self.env)
    }

    fn pass(self, cx: &mut Context<'_>) -> impl Future<Output = Response> + Send
    where
        T: Nothing,
    {
        self.chain.call(cx, self.env)
    }

    fn with(self, value: T) -> impl Next {
        RestWith { rest: self, value }
    }

    fn skip(self) -> impl Next {
        self
    }
}

/// The rest of a chain, with one more local.
struct RestWith<'f, C, S, T> {
    rest: Rest<'f, C, S>,
    value: T,
}

impl<S: Send + Sync + 'static, C: Chain<S>, T: Send + Sync + 'static> Next
    for RestWith<'_, C, S, T>
{
    async fn run(self, cx: &mut Context<'_>) -> Response {
        let Rest { chain, env } = self.rest;
        let locals = &env.locals.push(&self.value);
        let answer = catch_panic(pin!(chain.call(cx, Call { locals, ..env }))).await;
        answer.unwrap_or_else(|cause| answer_panic(env, cause))
    }

    async fn pass(self, cx: &mut Context<'_>) -> Response {
        let Rest { chain, env } = self.rest;
        let locals = &env.locals.push(&self.value);
        chain.call(cx, Call { locals, ..env }).await
    }

    fn with(self, (): ()) -> impl Next {
        self
    }

    fn skip(self) -> impl Next {
        self
    }
}
