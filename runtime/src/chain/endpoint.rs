//! Where a chain leads: a handler, or the answer of a group to a path without a route.

use std::future::{self, Future};

use super::{
    Call, ChainPart, ConfiguredPart, Guard, Middleware, Next,
    env::{Boxed, BufferedBody},
};
use crate::{
    chain::argument::Args,
    request::Context,
    response::{IntoResponse, Rejection, Response},
    routes::{Entry, Mounted, PartInfo},
};

/// Something that answers requests: a handler, or a group of them. The attributes implement it.
pub trait Endpoint<S: Send + Sync + 'static>: Sized + Send + Sync + 'static {
    /// The handler's extractors.
    type Args: Args<S>;

    /// Extracts the arguments and calls the handler.
    ///
    /// # Errors
    /// Where an argument cannot be had from the request.
    fn call<'r>(
        cx: &mut Context<'_>,
        env: Call<'r, S>,
    ) -> Result<impl Future<Output = impl IntoResponse> + Send, Rejection> {
        let _ = (cx, env);
        Err::<future::Ready<Response>, _>(Rejection::internal())
    }

    /// Checks what the head decides of the arguments, before the body is read.
    ///
    /// # Errors
    /// Where an argument cannot be had from the request.
    fn check_head(env: Call<'_, S>) -> Result<(), Rejection> {
        Self::Args::check_head(env)
    }

    /// Runs the entry's own middleware and then what is in it.
    fn run<'r>(cx: &mut Context<'_>, env: Call<'r, S>) -> impl Future<Output = Response> + Send {
        Self::run_handler(cx, env)
    }

    /// Runs the handler, or the group's field that the way names.
    fn run_handler<'r>(
        cx: &mut Context<'_>,
        env: Call<'r, S>,
    ) -> impl Future<Output = Response> + Send {
        leaf::<Self, S>(cx, env)
    }
}

/// The innermost step: everything that the handler needs, and the handler.
///
/// It is one future and not three: each layer counts against the compiler's limit on nesting.
async fn leaf<H: Endpoint<S>, S: Send + Sync + 'static>(
    cx: &mut Context<'_>,
    env: Call<'_, S>,
) -> Response {
    let mut ready = BufferedBody::default();
    let mut refused = None;
    // The way of a preflight leads here, and so does that of one that is refused. Only a fallback runs
    // without a route: no guard has.
    if let Some(miss) = env.base.miss.as_ref().filter(|miss| !miss.is_missing()) {
        let mut response = miss.answer(cx);
        env.finish(cx, &mut response);
        return response;
    }
    // The body comes last: what is rejected without it is not waited for, nor is its client asked
    // to send it (RFC 9110 §10.1.1).
    if H::Args::BODY {
        refused = H::check_head(env).err();
    }
    let mut ahead = H::Args::AHEAD;
    while let Some(step) = ahead
        && refused.is_none()
    {
        refused = (step.prepare)(cx, env, &mut ready.prepared).await.err();
        ahead = step.next;
    }
    if H::Args::BODY && refused.is_none() {
        match cx.out().read_body().await {
            Ok(body) => ready.body = body,
            Err(rejection) => refused = Some(rejection),
        }
    }
    let mut response = 'answered: {
        if let Some(rejection) = refused {
            break 'answered rejection.into_response();
        }
        let ready = &ready;
        // A `match` around the `await` would keep room for the handler's future twice.
        let future = match H::call(cx, Call { ready, ..env }) {
            Ok(future) => future,
            Err(rejection) => break 'answered rejection.into_response(),
        };
        // It may have borrowed the context, so the response is made of its output at once.
        future.await.into_response()
    };
    env.finish(cx, &mut response);
    response
}

/// Answers for a group that the way ends at.
pub async fn miss<S>(cx: &mut Context<'_>, env: Call<'_, S>) -> Response
where
    S: Send + Sync + 'static,
{
    let mut response = match (&env.base.miss, env.fallback) {
        (Some(miss), Some(fallback)) if miss.is_missing() => return fallback(cx, env).await,
        (Some(miss), _) => miss.answer(cx),
        (None, _) => Rejection::internal().into_response(),
    };
    env.finish(cx, &mut response);
    response
}

/// Runs a handler as a fallback; only a path without a route pays for the box.
pub fn fallback<'a, E: Endpoint<S>, S: Send + Sync + 'static>(
    cx: &'a mut Context<'_>,
    env: Call<'a, S>,
) -> Boxed<'a> {
    // The compiler must not need to know the handler's future to know this one is `Send`.
    fn boxed<'a, F: Future<Output = Response> + Send + 'a>(future: F) -> Boxed<'a> {
        Box::pin(future)
    }
    boxed(E::run(cx, env))
}

/// A handler without a path. `#[fallback]` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a fallback",
    label = "named as a fallback, but it needs a path or is no handler",
    note = "put `#[fallback]` on the function, in place of `#[get(..)]` and the like"
)]
pub trait Fallback {}

/// Stops the compilation where what is named as a fallback is none.
pub const fn assert_fallback<F: Fallback>() {}

/// What stands for an entry or a middleware whose `#[cfg]` does not hold: no routes, no layer.
#[derive(Debug, Clone, Copy)]
pub struct Absent {}

impl Entry for Absent {
    const ROUTES: &'static [Mounted] = &[];
}

impl<S: Send + Sync + 'static> Endpoint<S> for Absent {
    type Args = ();
}

impl ChainPart for Absent {
    const NAME: &'static str = "";
    const PART: PartInfo = PartInfo::NONE;
}

impl ConfiguredPart for Absent {
    type Part = Self;

    fn part() -> &'static Self {
        &Self {}
    }
}

impl<S: Send + Sync + 'static> Middleware<S> for Absent {
    type Passes = ();

    fn around<'r>(
        &'static self,
        cx: &mut Context<'_>,
        _: Call<'r, S>,
        next: impl Next,
    ) -> impl Future<Output = Response> + Send {
        next.pass(cx)
    }
}

impl<S: Send + Sync + 'static> Guard<S> for Absent {
    type Value = ();

    async fn check<'r>(
        &'static self,
        _: &Context<'_>,
        _: Call<'r, S>,
    ) -> Result<Option<()>, Response> {
        Ok(None)
    }
}
