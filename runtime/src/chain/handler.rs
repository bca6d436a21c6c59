//! Handlers: how generated code describes them, and how a request calls them.

use std::{fmt, future::Future, marker::PhantomData};

use super::{
    Chain, New,
    call::{BufferedBody, Call},
    prepared::{Open, Prepare, close_scopes},
    source::{AllDescribed, Sources, SourcesFrom},
};
use crate::{
    request::Context,
    response::{IntoResponse, Rejection, Response},
    routes::ArgumentFacts,
};

/// A function whose arguments borrow from nothing: the usual handler, and the one that costs the least compile time.
///
/// `V` is the arguments as a tuple.
pub trait PlainFn<V>: Copy + Send + Sync + 'static {
    /// The result of the function.
    type Out;

    /// Calls the function.
    fn call(self, args: V) -> Self::Out;
}

macro_rules! plain_fns {
    ($($name:ident)*) => {
        plain_fns!(@ [] $($name)*);
    };
    (@ [$($name:ident)*]) => {
        plain_fns!(@impl $($name)*);
    };
    (@ [$($name:ident)*] $next:ident $($rest:tt)*) => {
        plain_fns!(@impl $($name)*);
        plain_fns!(@ [$($name)* $next] $($rest)*);
    };
    (@impl $($name:ident)*) => {
        impl<Function, Out, $($name),*> PlainFn<($($name,)*)> for Function
        where
            Function: Fn($($name),*) -> Out + Copy + Send + Sync + 'static,
        {
            type Out = Out;

            #[allow(non_snake_case)]
            fn call(self, ($($name,)*): ($($name,)*)) -> Out {
                self($($name),*)
            }
        }
    };
}

plain_fns!(A B C D E F G H I J K L M N O P Q R T U V W X Y);

/// A function that is not async, as one that is.
#[derive(Debug, Clone, Copy)]
pub struct Ready<F>(pub F);

impl<V, F: PlainFn<V>> PlainFn<V> for Ready<F> {
    type Out = std::future::Ready<F::Out>;

    fn call(self, args: V) -> Self::Out {
        std::future::ready(self.0.call(args))
    }
}

/// Any other handler: it borrows from the request, takes the context, is generic, or has `with(..)`.
pub trait Handler: Sized + 'static {
    /// The sources of its arguments.
    type Args<'r>: Sources;

    /// Calls the function.
    fn call<'r>(
        cx: &mut Context<'_>,
        args: <Self::Args<'r> as Sources>::Values,
    ) -> impl Future<Output = impl IntoResponse> + Send;
}

/// Returns the needs and the facts of arguments with these sources.
pub const fn known<A: AllDescribed>() -> &'static [ArgumentFacts] {
    // The checks are read first. If one failed, no impl of `AllDescribed` is selected, which the compiler would report
    // once more.
    let () = A::CHECKED;
    A::KNOWN
}

/// The end of a chain at a `PlainFn`, whose arguments have the sources `A`.
pub struct PlainEnd<A, F>(F, PhantomData<fn() -> A>);

/// Returns the chain of an async function without `with(..)`.
///
/// It has no bounds: what the function must be is proven once, where the result is used as a [`Chain`].
pub const fn plain<A, F>(function: F) -> PlainEnd<A, F> {
    PlainEnd(function, PhantomData)
}

/// The end of a chain at a [`Handler`].
pub struct HandlerEnd<H>(PhantomData<fn() -> H>);

/// The inputs of a handler: they are awaited before its arguments can be extracted.
struct Inputs<S: 'static> {
    /// Whether an argument takes the body.
    body: bool,
    /// The async extractors of the arguments.
    prepare: &'static [Option<Prepare<S>>],
    /// The scopes of the arguments.
    open: &'static [Option<Open<S>>],
    /// Checks the arguments that depend on the head alone.
    check_head: Check<S>,
    /// Checks the other arguments before scopes are opened.
    check_before_scopes: Check<S>,
}

type Check<S> = for<'r> fn(Call<'r, S>) -> Result<(), Rejection>;

impl<S> Inputs<S> {
    const fn has_any(&self) -> bool {
        let mut prepare = self.prepare;
        while let [first, rest @ ..] = prepare {
            if first.is_some() {
                return true;
            }
            prepare = rest;
        }
        self.body || self.has_scopes()
    }

    const fn has_scopes(&self) -> bool {
        let mut open = self.open;
        while let [first, rest @ ..] = open {
            if first.is_some() {
                return true;
            }
            open = rest;
        }
        false
    }
}

/// A handler, as far as [`respond`] uses it.
trait Callable<S: 'static>: Send + 'static {
    /// The inputs, which are awaited before the arguments can be extracted.
    const INPUTS: Inputs<S>;

    /// Extracts the arguments and calls the handler.
    fn start<'r>(
        self,
        cx: &mut Context<'_>,
        call: Call<'r, S>,
    ) -> Result<impl Future<Output = impl IntoResponse> + Send, Rejection>;
}

impl<S, A, R, F> Callable<S> for PlainEnd<A, F>
where
    S: 'static,
    A: for<'r> SourcesFrom<'r, S> + 'static,
    R: IntoResponse,
    F: PlainFn<A::Values, Out: Future<Output = R> + Send>,
{
    const INPUTS: Inputs<S> = Inputs {
        body: <A as SourcesFrom<'static, S>>::BODY,
        prepare: <A as SourcesFrom<'static, S>>::PREPARE,
        open: <A as SourcesFrom<'static, S>>::OPEN,
        check_head: |call| A::check_head(call),
        check_before_scopes: match <A as SourcesFrom<'static, S>>::OPENS_ANY {
            true => |call| A::check_before_scopes(call),
            false => no_check,
        },
    };

    #[inline]
    fn start<'r>(
        self,
        _: &mut Context<'_>,
        call: Call<'r, S>,
    ) -> Result<impl Future<Output = impl IntoResponse> + Send, Rejection> {
        Ok(self.0.call(A::take(call)?))
    }
}

impl<S: 'static, H: Handler> Callable<S> for HandlerEnd<H>
where
    for<'r> H::Args<'r>: SourcesFrom<'r, S>,
{
    const INPUTS: Inputs<S> = Inputs {
        body: <H::Args<'static> as SourcesFrom<'static, S>>::BODY,
        prepare: <H::Args<'static> as SourcesFrom<'static, S>>::PREPARE,
        open: <H::Args<'static> as SourcesFrom<'static, S>>::OPEN,
        check_head: check_head_of::<H, S>,
        check_before_scopes: match <H::Args<'static> as SourcesFrom<'static, S>>::OPENS_ANY {
            true => check_before_scopes_of::<H, S>,
            false => no_check,
        },
    };

    #[inline]
    fn start<'r>(
        self,
        cx: &mut Context<'_>,
        call: Call<'r, S>,
    ) -> Result<impl Future<Output = impl IntoResponse> + Send, Rejection> {
        let args = <H::Args<'r> as SourcesFrom<'r, S>>::take(call)?;
        Ok(H::call(cx, args))
    }
}

fn check_head_of<'r, H: Handler, S: 'static>(call: Call<'r, S>) -> Result<(), Rejection>
where
    for<'a> H::Args<'a>: SourcesFrom<'a, S>,
{
    <H::Args<'r> as SourcesFrom<'r, S>>::check_head(call)
}

fn check_before_scopes_of<'r, H: Handler, S: 'static>(call: Call<'r, S>) -> Result<(), Rejection>
where
    for<'a> H::Args<'a>: SourcesFrom<'a, S>,
{
    <H::Args<'r> as SourcesFrom<'r, S>>::check_before_scopes(call)
}

/// The check of a handler without scopes, so that no code is generated for another one.
fn no_check<S>(_: Call<'_, S>) -> Result<(), Rejection> {
    Ok(())
}

impl<S, A, R, F> Chain<S> for PlainEnd<A, F>
where
    S: Send + Sync + 'static,
    A: for<'r> SourcesFrom<'r, S> + 'static,
    R: IntoResponse,
    F: PlainFn<A::Values, Out: Future<Output = R> + Send>,
{
    fn run<'r>(
        self,
        cx: &mut Context<'_>,
        call: Call<'r, S>,
    ) -> impl Future<Output = Response> + Send {
        respond(self, cx, call)
    }
}

impl<S: Send + Sync + 'static, H: Handler> Chain<S> for HandlerEnd<H>
where
    for<'r> H::Args<'r>: SourcesFrom<'r, S>,
{
    fn run<'r>(
        self,
        cx: &mut Context<'_>,
        call: Call<'r, S>,
    ) -> impl Future<Output = Response> + Send {
        respond(self, cx, call)
    }
}

impl<A, F: Copy> Clone for PlainEnd<A, F> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A, F: Copy> Copy for PlainEnd<A, F> {}

impl<H> Clone for HandlerEnd<H> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<H> Copy for HandlerEnd<H> {}

impl<H> New for HandlerEnd<H> {
    const NEW: Self = Self(PhantomData);
}

impl<A, F> fmt::Debug for PlainEnd<A, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PlainEnd")
    }
}

impl<H> fmt::Debug for HandlerEnd<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HandlerEnd")
    }
}

/// Runs the innermost step: awaits the handler's inputs, calls the handler and finishes its response.
///
/// This is one future and not several, because each one counts against the compiler's limit on nested types.
async fn respond<H: Callable<S>, S: Send + Sync + 'static>(
    handler: H,
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
        if const { H::INPUTS.has_any() }
            && let Err(rejection) = read_inputs(cx, call, const { &H::INPUTS }, &mut buffered).await
        {
            break 'response rejection.into_response();
        }
        let buffered = &buffered;
        // A `match` around the `await` would keep room for the handler's future twice.
        let future = match handler.start(cx, Call { buffered, ..call }) {
            Ok(future) => future,
            Err(rejection) => break 'response rejection.into_response(),
        };
        // The output may borrow from the context, so it becomes a response before the context is used again.
        let response = future.await.into_response();
        #[cfg(debug_assertions)]
        let response = {
            let mut response = response;
            super::stated::compare(call.head.route, &mut response);
            response
        };
        response
    };
    if const { H::INPUTS.has_scopes() } {
        close_scopes(cx, &mut buffered.scopes, &mut response).await;
    }
    call.finish(cx, &mut response);
    response
}

/// Awaits the inputs of a handler.
///
/// It is one future for all handlers with the state `S`. Inside of [`respond`], its code would be in the binary once
/// for each handler.
async fn read_inputs<S: Send + Sync + 'static>(
    cx: &mut Context<'_>,
    call: Call<'_, S>,
    inputs: &'static Inputs<S>,
    buffered: &mut BufferedBody,
) -> Result<(), Rejection> {
    // The body is read last: a request that is rejected without it neither waits for it nor makes the client send it
    // (RFC 9110 §10.1.1).
    if inputs.body {
        (inputs.check_head)(call)?;
    }
    for prepare in inputs.prepare.iter().flatten() {
        prepare(cx, call, &mut buffered.prepared).await?;
    }
    if inputs.body {
        buffered.body = cx.out().read_body().await?;
    }
    // Scopes are opened last: a client that sends its body slowly, or an invalid one, must not hold a connection of a
    // pool.
    if inputs.has_scopes() {
        (inputs.check_before_scopes)(Call { buffered, ..call })?;
    }
    for open in inputs.open.iter().flatten() {
        let scope = open(cx, call, &buffered.body).await?;
        buffered.scopes.push(scope);
    }
    Ok(())
}
