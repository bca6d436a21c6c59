//! Handlers: how generated code describes them, and how a request calls them.

use std::{future::Future, marker::PhantomData};

use super::{
    Chain,
    call::{BufferedBody, Call},
    prepared::Prepare,
    source::{AllNeeds, Sources, SourcesFrom},
};
use crate::{
    request::Context,
    response::{IntoResponse, Rejection, Response},
    routes::LocalId,
};

/// A handler whose arguments borrow from nothing and whose return type has a name.
///
/// This is the usual handler, and the one that costs the least compile time. A private type implements it and not the
/// type of the route: a public type cannot have an associated type that is private, as those of the user may be.
pub trait PlainHandler: Sized + 'static {
    /// The sources of its arguments.
    type Args: AllNeeds;
    /// The return type.
    type Out: IntoResponse;

    /// Calls the function.
    fn call(args: <Self::Args as Sources>::Values) -> impl Future<Output = Self::Out> + Send;
}

/// Any other handler: it borrows from the request, takes the context, has `with(..)`, or returns an opaque type.
pub trait Handler: Sized + 'static {
    /// The sources of its arguments.
    type Args<'r>: Sources;

    /// Calls the function.
    fn call<'r>(
        cx: &mut Context<'_>,
        args: <Self::Args<'r> as Sources>::Values,
    ) -> impl Future<Output = impl IntoResponse> + Send;
}

// Both functions read the checks first. If one failed, no impl of `AllNeeds` is selected, which the compiler would
// report once more.

/// Returns the locals that the arguments of a [`PlainHandler`] read.
pub const fn plain_needs<H: PlainHandler>() -> &'static [&'static [LocalId]] {
    let () = <H::Args as Sources>::CHECKED;
    <H::Args as AllNeeds>::NEEDS
}

/// Returns the locals that the arguments of a [`Handler`] read.
pub const fn needs<H: Handler<Args<'static>: AllNeeds>>() -> &'static [&'static [LocalId]] {
    let () = <H::Args<'static> as Sources>::CHECKED;
    <H::Args<'static> as AllNeeds>::NEEDS
}

/// The end of a chain at a [`PlainHandler`].
pub struct PlainEnd<H>(PhantomData<fn() -> H>);

/// The end of a chain at a [`Handler`].
pub struct HandlerEnd<H>(PhantomData<fn() -> H>);

/// A handler, as far as [`respond`] uses it.
trait Callable<S: 'static>: 'static {
    /// Whether an argument takes the body.
    const BODY: bool;
    /// The async extractors of the arguments.
    const PREPARE: &'static [Option<Prepare<S>>];

    /// Extracts the arguments and calls the handler.
    fn start<'r>(
        cx: &mut Context<'_>,
        call: Call<'r, S>,
    ) -> Result<impl Future<Output = impl IntoResponse> + Send, Rejection>;

    /// Checks the arguments that depend on the head alone, before the body is read.
    fn check_head(call: Call<'_, S>) -> Result<(), Rejection>;
}

impl<S: 'static, H: PlainHandler> Callable<S> for PlainEnd<H>
where
    for<'r> H::Args: SourcesFrom<'r, S>,
{
    const BODY: bool = <H::Args as SourcesFrom<'static, S>>::BODY;
    const PREPARE: &'static [Option<Prepare<S>>] = <H::Args as SourcesFrom<'static, S>>::PREPARE;

    #[inline]
    fn start<'r>(
        _: &mut Context<'_>,
        call: Call<'r, S>,
    ) -> Result<impl Future<Output = impl IntoResponse> + Send, Rejection> {
        Ok(H::call(H::Args::take(call)?))
    }

    fn check_head(call: Call<'_, S>) -> Result<(), Rejection> {
        H::Args::check_head(call)
    }
}

impl<S: 'static, H: Handler> Callable<S> for HandlerEnd<H>
where
    for<'r> H::Args<'r>: SourcesFrom<'r, S>,
{
    const BODY: bool = <H::Args<'static> as SourcesFrom<'static, S>>::BODY;
    const PREPARE: &'static [Option<Prepare<S>>] =
        <H::Args<'static> as SourcesFrom<'static, S>>::PREPARE;

    #[inline]
    fn start<'r>(
        cx: &mut Context<'_>,
        call: Call<'r, S>,
    ) -> Result<impl Future<Output = impl IntoResponse> + Send, Rejection> {
        let args = <H::Args<'r> as SourcesFrom<'r, S>>::take(call)?;
        Ok(H::call(cx, args))
    }

    fn check_head<'r>(call: Call<'r, S>) -> Result<(), Rejection> {
        <H::Args<'r> as SourcesFrom<'r, S>>::check_head(call)
    }
}

macro_rules! ends {
    ($($name:ident: $handler:ident, $args:ty;)*) => {$(
        impl<H> std::fmt::Debug for $name<H> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(stringify!($name))
            }
        }

        impl<S: Send + Sync + 'static, H: $handler> Chain<S> for $name<H>
        where
            for<'r> $args: SourcesFrom<'r, S>,
        {
            const NEW: Self = Self(PhantomData);

            fn run<'r>(
                self,
                cx: &mut Context<'_>,
                call: Call<'r, S>,
            ) -> impl Future<Output = Response> + Send {
                respond::<Self, S>(cx, call)
            }
        }
    )*};
}

ends! {
    PlainEnd: PlainHandler, H::Args;
    HandlerEnd: Handler, H::Args<'r>;
}

/// Runs the innermost step: awaits the handler's inputs, calls the handler and finishes its response.
///
/// This is one future and not several, because each one counts against the compiler's limit on nested types.
async fn respond<H: Callable<S>, S: Send + Sync + 'static>(
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
        if H::BODY
            && let Err(rejection) = H::check_head(call)
        {
            break 'response rejection.into_response();
        }
        for prepare in H::PREPARE.iter().flatten() {
            let prepared = &mut buffered.prepared;
            if let Err(rejection) = prepare(cx, call, prepared).await {
                break 'response rejection.into_response();
            }
        }
        if H::BODY {
            match cx.out().read_body().await {
                Ok(body) => buffered.body = body,
                Err(rejection) => break 'response rejection.into_response(),
            }
        }
        let buffered = &buffered;
        // A `match` around the `await` would keep room for the handler's future twice.
        let future = match H::start(cx, Call { buffered, ..call }) {
            Ok(future) => future,
            Err(rejection) => break 'response rejection.into_response(),
        };
        // The output may borrow from the context, so it becomes a response before the context is used again.
        future.await.into_response()
    };
    call.finish(cx, &mut response);
    response
}
