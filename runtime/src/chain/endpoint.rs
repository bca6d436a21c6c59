//! The end of a chain: a handler, or the response of a group if no handler responds.

use std::future::{self, Future};

use super::{
    Call, ChainPart, ConfiguredPart, Guard, Middleware, Next,
    call::{Boxed, BufferedBody},
};
use crate::{
    chain::argument::Args,
    request::Context,
    response::{IntoResponse, Rejection, Response},
    routes::{Entry, Mounted, PartInfo},
};

/// A handler, or a group of them. The attributes implement it.
pub trait Endpoint<S: Send + Sync + 'static>: Sized + Send + Sync + 'static {
    /// The handler's extractors.
    type Args: Args<S>;

    /// Extracts the arguments and calls the handler.
    ///
    /// # Errors
    /// Returns the rejection of the first argument that cannot be extracted.
    fn call_handler<'r>(
        cx: &mut Context<'_>,
        call: Call<'r, S>,
    ) -> Result<impl Future<Output = impl IntoResponse> + Send, Rejection> {
        let _ = (cx, call);
        Err::<future::Ready<Response>, _>(Rejection::internal())
    }

    /// Checks the arguments that depend on the head alone, before the body is read.
    ///
    /// # Errors
    /// Returns the rejection of the first argument that cannot be extracted.
    fn check_head(call: Call<'_, S>) -> Result<(), Rejection> {
        Self::Args::check_head(call)
    }

    /// Runs the entry's own middleware around [`run_handler`](Self::run_handler).
    fn run<'r>(cx: &mut Context<'_>, call: Call<'r, S>) -> impl Future<Output = Response> + Send {
        Self::run_handler(cx, call)
    }

    /// Runs the handler, or the field of the group that is next on the way.
    fn run_handler<'r>(
        cx: &mut Context<'_>,
        call: Call<'r, S>,
    ) -> impl Future<Output = Response> + Send {
        respond::<Self, S>(cx, call)
    }
}

/// Runs the innermost step: awaits the handler's inputs, calls the handler and finishes its response.
///
/// This is one future and not several, because each one counts against the compiler's limit on nested types.
async fn respond<H: Endpoint<S>, S: Send + Sync + 'static>(
    cx: &mut Context<'_>,
    call: Call<'_, S>,
) -> Response {
    let mut buffered = BufferedBody::default();
    let mut response = 'response: {
        // A preflight leads to a handler that must not run, because its guards have not run. Of all misses only a
        // 404 runs a handler, which is then a fallback.
        if let Some(miss) = call.scope.miss.as_ref().filter(|miss| !miss.is_missing()) {
            break 'response miss.respond(cx);
        }
        // The body is read last: a request that is rejected without it neither waits for it nor makes the client
        // send it (RFC 9110 §10.1.1).
        if H::Args::BODY
            && let Err(rejection) = H::check_head(call)
        {
            break 'response rejection.into_response();
        }
        let mut next = H::Args::ASYNC;
        while let Some(extractor) = next {
            let prepared = &mut buffered.prepared;
            if let Err(rejection) = (extractor.prepare)(cx, call, prepared).await {
                break 'response rejection.into_response();
            }
            next = extractor.next;
        }
        if H::Args::BODY {
            match cx.out().read_body().await {
                Ok(body) => buffered.body = body,
                Err(rejection) => break 'response rejection.into_response(),
            }
        }
        let buffered = &buffered;
        // A `match` around the `await` would keep room for the handler's future twice.
        let future = match H::call_handler(cx, Call { buffered, ..call }) {
            Ok(future) => future,
            Err(rejection) => break 'response rejection.into_response(),
        };
        // The output may borrow from the context, so it becomes a response before the context is used again.
        future.await.into_response()
    };
    call.finish(cx, &mut response);
    response
}

/// Responds for the group at which the way ends, if no handler does.
pub async fn miss<S>(cx: &mut Context<'_>, call: Call<'_, S>) -> Response
where
    S: Send + Sync + 'static,
{
    let mut response = match (&call.scope.miss, call.fallback) {
        (Some(miss), Some(fallback)) if miss.is_missing() => return fallback(cx, call).await,
        (Some(miss), _) => miss.respond(cx),
        (None, _) => Rejection::internal().into_response(),
    };
    call.finish(cx, &mut response);
    response
}

/// Runs a handler as a fallback. Its future is boxed, which only requests without a route pay for.
pub fn fallback<'a, E: Endpoint<S>, S: Send + Sync + 'static>(
    cx: &'a mut Context<'_>,
    call: Call<'a, S>,
) -> Boxed<'a> {
    // The bound of this function lets the compiler read `Send` from the signature of `run`, without looking into the
    // handler's future.
    fn boxed<'a, F: Future<Output = Response> + Send + 'a>(future: F) -> Boxed<'a> {
        Box::pin(future)
    }
    boxed(E::run(cx, call))
}

/// A handler without a path. `#[fallback]` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a fallback",
    label = "named as a fallback, but it needs a path or is no handler",
    note = "put `#[fallback]` on the function, in place of `#[get(..)]` and the like"
)]
pub trait Fallback {}

/// Fails to compile if a type that is named as a fallback is not one.
pub const fn assert_fallback<F: Fallback>() {}

/// Replaces an entry or a middleware whose `#[cfg]` is off. It has no routes and does nothing.
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

    fn run<'r>(
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
