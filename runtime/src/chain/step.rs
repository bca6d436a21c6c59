//! The steps of a chain: parts where they stand, beside each other, or under a condition.

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
    /// Runs the step, and the rest where it lets the request through.
    fn step<'r, C: Chain<S>>(
        cx: &mut Context<'_>,
        env: Call<'r, S>,
        rest: C,
    ) -> impl Future<Output = Response> + Send;
}

/// A guard whose answer can be had beside others.
pub trait Check<S: Send + Sync + 'static>: 'static {
    /// What it provides, or `()`.
    type Value: Send + Sync + 'static;

    /// Asks the guard; there is no value where a test stands in for it.
    fn check<'r>(
        cx: &Context<'_>,
        env: Call<'r, S>,
    ) -> impl Future<Output = Result<Option<Self::Value>, Response>> + Send;
}

/// A part where it stands; `M` tells whether it is one, and 0 is an error that has been reported.
#[derive(Debug)]
pub struct PartStep<W, M>(PhantomData<fn() -> (W, M)>);

impl<S: Send + Sync + 'static, W: ConfiguredPart<Part: Middleware<S>>> Step<S>
    for PartStep<W, Mode<1>>
{
    fn step<'r, C: Chain<S>>(
        cx: &mut Context<'_>,
        env: Call<'r, S>,
        rest: C,
    ) -> impl Future<Output = Response> + Send {
        W::part().around(cx, env, Rest { chain: rest, env })
    }
}

impl<S: Send + Sync + 'static, W: ConfiguredPart<Part: Observer<S>>> Step<S>
    for PartStep<W, Mode<2>>
{
    fn step<'r, C: Chain<S>>(
        cx: &mut Context<'_>,
        env: Call<'r, S>,
        rest: C,
    ) -> impl Future<Output = Response> + Send {
        let connection = env.base.connection;
        let record = &mut cx.out().record;
        record.observe(observe::<S, W>, || connection.clone());
        rest.call(cx, env)
    }
}

/// Runs an observer over an exchange on a connection whose type it knows.
fn observe<S, W>(exchange: &Exchange<'_>, connection: &Arc<dyn Any + Send + Sync>)
where
    S: Send + Sync + 'static,
    W: ConfiguredPart<Part: Observer<S>>,
{
    let Ok(connection) = Arc::clone(connection).downcast::<Connected<S>>() else {
        return;
    };
    let base = RequestScope {
        connection: &connection,
        miss: None,
        render: problem,
        may_skip: false,
        faults: &Faults::default(),
    };
    let env = Call {
        head: exchange.head(),
        base: &base,
        locals: &Locals::root(connection.shared.locals()),
        ready: &BufferedBody::default(),
        steps: &[],
        fallback: None,
    };
    W::part().observe(exchange, env);
}

impl<S: Send + Sync + 'static, W: 'static> Step<S> for PartStep<W, Mode<0>> {
    fn step<'r, C: Chain<S>>(
        cx: &mut Context<'_>,
        env: Call<'r, S>,
        rest: C,
    ) -> impl Future<Output = Response> + Send {
        rest.call(cx, env)
    }
}

impl<S: Send + Sync + 'static, W: ConfiguredPart<Part: Guard<S>>> Check<S>
    for PartStep<W, Mode<1>>
{
    type Value = <W::Part as Guard<S>>::Value;

    fn check<'r>(
        cx: &Context<'_>,
        env: Call<'r, S>,
    ) -> impl Future<Output = Result<Option<Self::Value>, Response>> + Send {
        W::part().check(cx, env)
    }
}

impl<S: Send + Sync + 'static, W: 'static> Check<S> for PartStep<W, Mode<0>> {
    type Value = ();

    async fn check<'r>(_: &Context<'_>, _: Call<'r, S>) -> Result<Option<()>, Response> {
        Ok(None)
    }
}

/// Guards that run side by side: the first that refuses answers, and the others are dropped.
#[derive(Debug)]
pub struct Parallel<L>(PhantomData<fn() -> L>);

macro_rules! parallel {
    ($($name:ident)+) => {
        impl<S: Send + Sync + 'static, $($name: Check<S>),+> Step<S> for Parallel<($($name,)+)> {
            async fn step<'r, CH: Chain<S>>(
                cx: &mut Context<'_>,
                env: Call<'r, S>,
                rest: CH,
            ) -> Response {
                if env.is_miss() {
                    return rest.call(cx, env).await;
                }
                let shared = &*cx;
                // Waits for all and polls only who can go on; the first error drops the rest.
                #[allow(non_snake_case)]
                let ($($name,)+) = match tokio::try_join!($($name::check(shared, env)),+) {
                    Ok(values) => values,
                    Err(response) => return response,
                };
                let locals = env.locals;
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
                rest.call(cx, Call { locals, ..env }).await
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
    /// Returns whether it holds for this request.
    fn holds<'r>(cx: &Context<'_>, env: Call<'r, S>) -> impl Future<Output = bool> + Send;
}

/// A condition that a guard decides: it holds where the guard would let the request through.
#[derive(Debug)]
pub struct GuardPasses<P>(PhantomData<fn() -> P>);

impl<S: Send + Sync + 'static, P: Check<S>> Condition<S> for GuardPasses<P> {
    async fn holds<'r>(cx: &Context<'_>, env: Call<'r, S>) -> bool {
        // As everywhere, no guard runs where there is no route.
        !env.is_miss() && P::check(cx, env).await.is_ok()
    }
}

/// A condition that a value or a closure decides.
pub trait PredicateFn: 'static {
    /// Returns whether it holds for this request.
    fn is_met(cx: &Context<'_>) -> bool;
}

/// As [`PredicateFn`], as a condition.
#[derive(Debug)]
pub struct Predicate<T>(PhantomData<fn() -> T>);

impl<S: Send + Sync + 'static, T: PredicateFn> Condition<S> for Predicate<T> {
    fn holds<'r>(cx: &Context<'_>, _: Call<'r, S>) -> impl Future<Output = bool> + Send {
        std::future::ready(T::is_met(cx))
    }
}

/// Asks a closure; its argument's type is known from here.
pub fn run_predicate(closure: impl Fn(&Context<'_>) -> bool, cx: &Context<'_>) -> bool {
    closure(cx)
}

/// A step that is taken where a condition holds.
#[derive(Debug)]
pub struct IfStep<N, P>(PhantomData<fn() -> (N, P)>);

impl<S: Send + Sync + 'static, N: Condition<S>, P: Step<S>> Step<S> for IfStep<N, P> {
    async fn step<'r, C: Chain<S>>(cx: &mut Context<'_>, env: Call<'r, S>, rest: C) -> Response {
        if N::holds(cx, env).await {
            return P::step(cx, env, rest).await;
        }
        rest.call(cx, env).await
    }
}
