//! The steps of a chain: a part alone, guards in parallel, or a part under a condition.

use std::{any::Any, future::Future, marker::PhantomData, sync::Arc};

use super::{
    BufferedBody, Call, Chain, ConfiguredPart, Faults, Guard, Middleware, Observer, RequestScope,
    Rest, problem,
};
use crate::{
    chain::argument::Mode,
    request::{Connected, Context, Exchange, Locals},
    response::Response,
};

/// A step around the rest of a chain.
pub trait Step<S: Send + Sync + 'static>: 'static {
    /// Runs the step, and the rest of the chain if the step lets the request through.
    fn run<'r, C: Chain<S>>(
        cx: &mut Context<'_>,
        call: Call<'r, S>,
        rest: C,
    ) -> impl Future<Output = Response> + Send;
}

/// A guard that can run in parallel with others.
pub trait Check<S: Send + Sync + 'static>: 'static {
    /// The local that it provides, or `()`.
    type Value: Send + Sync + 'static;

    /// Runs the guard. The result has no value if the guard is skipped.
    fn check<'r>(
        cx: &Context<'_>,
        call: Call<'r, S>,
    ) -> impl Future<Output = Result<Option<Self::Value>, Response>> + Send;
}

/// A step that runs one part. `M` is the kind of part: 1 for a guard or a middleware, 2 for an observer, and 0 for a
/// mistake that is already reported.
#[derive(Debug)]
pub struct PartStep<W, M>(PhantomData<fn() -> (W, M)>);

impl<S: Send + Sync + 'static, W: ConfiguredPart<Part: Middleware<S>>> Step<S>
    for PartStep<W, Mode<1>>
{
    fn run<'r, C: Chain<S>>(
        cx: &mut Context<'_>,
        call: Call<'r, S>,
        rest: C,
    ) -> impl Future<Output = Response> + Send {
        W::part().run(cx, call, Rest { chain: rest, call })
    }
}

impl<S: Send + Sync + 'static, W: ConfiguredPart<Part: Observer<S>>> Step<S>
    for PartStep<W, Mode<2>>
{
    fn run<'r, C: Chain<S>>(
        cx: &mut Context<'_>,
        call: Call<'r, S>,
        rest: C,
    ) -> impl Future<Output = Response> + Send {
        let connection = call.scope.connection;
        let record = &mut cx.out().record;
        record.observe(observe::<S, W>, || connection.clone());
        rest.run(cx, call)
    }
}

/// Runs an observer. The connection has the app state, whose type is known here again.
fn observe<S, W>(exchange: &Exchange<'_>, connection: &Arc<dyn Any + Send + Sync>)
where
    S: Send + Sync + 'static,
    W: ConfiguredPart<Part: Observer<S>>,
{
    let Ok(connection) = Arc::clone(connection).downcast::<Connected<S>>() else {
        return;
    };
    let scope = RequestScope {
        connection: &connection,
        miss: None,
        render: problem,
        may_skip: false,
        faults: &Faults::default(),
    };
    let call = Call {
        head: exchange.head(),
        scope: &scope,
        locals: &Locals::root(connection.shared.locals()),
        buffered: &BufferedBody::default(),
        fields: &[],
        fallback: None,
    };
    W::part().observe(exchange, call);
}

impl<S: Send + Sync + 'static, W: 'static> Step<S> for PartStep<W, Mode<0>> {
    fn run<'r, C: Chain<S>>(
        cx: &mut Context<'_>,
        call: Call<'r, S>,
        rest: C,
    ) -> impl Future<Output = Response> + Send {
        rest.run(cx, call)
    }
}

impl<S: Send + Sync + 'static, W: ConfiguredPart<Part: Guard<S>>> Check<S>
    for PartStep<W, Mode<1>>
{
    type Value = <W::Part as Guard<S>>::Value;

    fn check<'r>(
        cx: &Context<'_>,
        call: Call<'r, S>,
    ) -> impl Future<Output = Result<Option<Self::Value>, Response>> + Send {
        W::part().check(cx, call)
    }
}

impl<S: Send + Sync + 'static, W: 'static> Check<S> for PartStep<W, Mode<0>> {
    type Value = ();

    async fn check<'r>(_: &Context<'_>, _: Call<'r, S>) -> Result<Option<()>, Response> {
        Ok(None)
    }
}

/// A step that runs guards in parallel. The first rejection is the response, and the other guards are dropped.
#[derive(Debug)]
pub struct Parallel<L>(PhantomData<fn() -> L>);

macro_rules! parallel {
    ($($name:ident)+) => {
        impl<S: Send + Sync + 'static, $($name: Check<S>),+> Step<S> for Parallel<($($name,)+)> {
            async fn run<'r, CH: Chain<S>>(
                cx: &mut Context<'_>,
                call: Call<'r, S>,
                rest: CH,
            ) -> Response {
                if call.is_miss() {
                    return rest.run(cx, call).await;
                }
                let shared = &*cx;
                // A guard that has finished is not polled again. The first error drops the others.
                #[allow(non_snake_case)]
                let ($($name,)+) = match tokio::try_join!($($name::check(shared, call)),+) {
                    Ok(values) => values,
                    Err(response) => return response,
                };
                let locals = call.locals;
                $(
                    let pushed;
                    let locals = match &$name {
                        Some(value) => {
                            pushed = locals.push(value);
                            &pushed
                        }
                        None => locals,
                    };
                )+
                rest.run(cx, Call { locals, ..call }).await
            }
        }
    };
}

parallel!(A B);
parallel!(A B C);
parallel!(A B C D);
parallel!(A B C D E);
parallel!(A B C D E F);
parallel!(A B C D E F G);
parallel!(A B C D E F G H);

/// The condition of a `when(..)`.
pub trait Condition<S: Send + Sync + 'static>: 'static {
    /// Returns whether the condition holds for this request.
    fn holds<'r>(cx: &Context<'_>, call: Call<'r, S>) -> impl Future<Output = bool> + Send;
}

/// A condition that holds if a guard lets the request through.
#[derive(Debug)]
pub struct GuardPasses<P>(PhantomData<fn() -> P>);

impl<S: Send + Sync + 'static, P: Check<S>> Condition<S> for GuardPasses<P> {
    async fn holds<'r>(cx: &Context<'_>, call: Call<'r, S>) -> bool {
        // No guard runs on a miss, as everywhere.
        !call.is_miss() && P::check(cx, call).await.is_ok()
    }
}

/// A condition that a constant or a closure decides.
pub trait PredicateFn: 'static {
    /// Returns whether the condition holds for this request.
    fn is_met(cx: &Context<'_>) -> bool;
}

/// A [`PredicateFn`] as a condition.
#[derive(Debug)]
pub struct Predicate<T>(PhantomData<fn() -> T>);

impl<S: Send + Sync + 'static, T: PredicateFn> Condition<S> for Predicate<T> {
    fn holds<'r>(cx: &Context<'_>, _: Call<'r, S>) -> impl Future<Output = bool> + Send {
        std::future::ready(T::is_met(cx))
    }
}

/// Calls a closure. This function is where the compiler learns the type of the closure's argument.
pub fn run_predicate(closure: impl Fn(&Context<'_>) -> bool, cx: &Context<'_>) -> bool {
    closure(cx)
}

/// A step that runs if a condition holds.
#[derive(Debug)]
pub struct IfStep<N, P>(PhantomData<fn() -> (N, P)>);

impl<S: Send + Sync + 'static, N: Condition<S>, P: Step<S>> Step<S> for IfStep<N, P> {
    async fn run<'r, C: Chain<S>>(cx: &mut Context<'_>, call: Call<'r, S>, rest: C) -> Response {
        if N::holds(cx, call).await {
            return P::run(cx, call, rest).await;
        }
        rest.run(cx, call).await
    }
}
