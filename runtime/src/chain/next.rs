//! The rest of a chain, as a value that a middleware runs once.

use std::{future::Future, marker::PhantomData};

use super::{Chain, Env, Locals};
use crate::{context::Context, response::Response};

/// The rest of the chain, as a middleware sees it.
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
pub trait Next: Send + Sized {
    /// Runs the rest of the chain.
    fn run(self, cx: &mut Context<'_>) -> impl Future<Output = Response> + Send;

    /// Returns the rest of the chain with a value that everything in it can read as a local.
    fn with<T: Send + Sync + 'static>(self, value: T) -> impl Next;
}

/// The rest of a chain, with what it needs to run.
pub(super) struct Rest<'f, C, S> {
    pub(super) chain: C,
    pub(super) env: Env<'f, S>,
}

/// A rest that can still be given locals.
trait Runnable<'f>: Next {
    fn locals(&self) -> &'f Locals<'f>;

    fn run_in(
        self,
        cx: &mut Context<'_>,
        locals: &Locals<'_>,
    ) -> impl Future<Output = Response> + Send;
}

impl<S: Send + Sync + 'static, C: Chain<S>> Next for Rest<'_, C, S> {
    fn run(self, cx: &mut Context<'_>) -> impl Future<Output = Response> + Send {
        self.chain.call(cx, self.env)
    }

    fn with<T: Send + Sync + 'static>(self, value: T) -> impl Next {
        RestWith {
            rest: self,
            value,
            base: PhantomData,
        }
    }
}

impl<'f, S: Send + Sync + 'static, C: Chain<S>> Runnable<'f> for Rest<'f, C, S> {
    fn locals(&self) -> &'f Locals<'f> {
        self.env.locals
    }

    async fn run_in(self, cx: &mut Context<'_>, locals: &Locals<'_>) -> Response {
        self.chain.call(cx, Env { locals, ..self.env }).await
    }
}

/// The rest of a chain, with one more local.
struct RestWith<'f, R, T> {
    rest: R,
    value: T,
    base: PhantomData<&'f ()>,
}

impl<'f, R: Runnable<'f>, T: Send + Sync + 'static> Next for RestWith<'f, R, T> {
    async fn run(self, cx: &mut Context<'_>) -> Response {
        let locals = self.rest.locals().push(&self.value);
        self.rest.run_in(cx, &locals).await
    }

    fn with<U: Send + Sync + 'static>(self, value: U) -> impl Next {
        RestWith {
            rest: self,
            value,
            base: PhantomData,
        }
    }
}

impl<'f, R: Runnable<'f>, T: Send + Sync + 'static> Runnable<'f> for RestWith<'f, R, T> {
    fn locals(&self) -> &'f Locals<'f> {
        self.rest.locals()
    }

    async fn run_in(self, cx: &mut Context<'_>, locals: &Locals<'_>) -> Response {
        let locals = locals.push(&self.value);
        self.rest.run_in(cx, &locals).await
    }
}
