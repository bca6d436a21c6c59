//! The chain of a route: middleware around groups around the handler, composed by the compiler.

use std::{fmt, future::Future, marker::PhantomData};

use crate::{
    request::{Context, Exchange},
    response::Response,
};

mod argument;
mod argument_check;
mod endpoint;
mod env;
mod next;
mod panics;
mod part;
mod prepared;
mod step;

pub use argument::{
    ASYNC, Args, Argument, AsyncArgument, Mode, NoExtractor, Probe, ProbeAsync, SYNC,
};
pub use argument_check::{
    ArgCheck, BodyRule, assert_argument, assert_body, assert_param, assert_taken,
};
pub use endpoint::{Absent, Endpoint, Fallback, assert_fallback, fallback, miss};
pub(crate) use env::RequestScope;
pub use env::{BufferedBody, Call, Render, buffer_body, problem};
pub use next::Next;
use next::Rest;
pub(crate) use panics::{Faults, answer_panic, catch_panic};
pub use part::{
    ChainPart, ConfiguredPart, ConfiguredPartProbe, GuardOutput, NoLocal, NoPart, PartProbe,
    PassedLocalsProbe, SharedProbe, assert_condition, assert_observer, assert_parallel,
    assert_part, assert_passed, copy_config,
};
pub use prepared::Prepare;
pub use step::{
    GuardPasses, IfStep, Parallel, PartStep, Predicate, PredicateFn, Step, run_predicate,
};

/// A part of a chain that is known to the compiler: a value without size.
pub trait Chain<S: Send + Sync + 'static>: Send + Sync + 'static {
    /// Runs it.
    fn call<'r>(
        self,
        cx: &mut Context<'_>,
        env: Call<'r, S>,
    ) -> impl Future<Output = Response> + Send;
}

/// A middleware: it wraps the rest of the chain. `#[middleware]` and `#[guard]` implement it.
pub trait Middleware<S: Send + Sync + 'static>: Send + Sync + 'static {
    /// What it hands on, or `()`.
    type Passes: Send + Sync + 'static;

    /// Runs the middleware around the rest.
    fn around<'r>(
        &'static self,
        cx: &mut Context<'_>,
        env: Call<'r, S>,
        next: impl Next<Self::Passes>,
    ) -> impl Future<Output = Response> + Send;
}

/// A guard that shares the context. `#[guard]` implements it.
pub trait Guard<S: Send + Sync + 'static>: Send + Sync + 'static {
    /// What it provides, or `()`.
    type Value: Send + Sync + 'static;

    /// Asks the guard; there is no value where a test stands in for it.
    fn check<'r>(
        &'static self,
        cx: &Context<'_>,
        env: Call<'r, S>,
    ) -> impl Future<Output = Result<Option<Self::Value>, Response>> + Send;
}

/// An observer. `#[observer]` implements it.
pub trait Observer<S: Send + Sync + 'static>: Send + Sync + 'static {
    /// Looks at a finished exchange.
    fn observe<'r>(&'static self, exchange: &Exchange<'_>, env: Call<'r, S>);
}

/// A step around the rest of a chain.
#[derive(Debug, Clone, Copy)]
pub struct Around<P, C>(PhantomData<fn() -> P>, C);

impl<P, C> Around<P, C> {
    /// Puts the step around the rest.
    pub const fn new(rest: C) -> Self {
        Self(PhantomData, rest)
    }
}

impl<S: Send + Sync + 'static, P: Step<S>, C: Chain<S>> Chain<S> for Around<P, C> {
    fn call<'r>(
        self,
        cx: &mut Context<'_>,
        env: Call<'r, S>,
    ) -> impl Future<Output = Response> + Send {
        P::step(cx, env, self.1)
    }
}

/// The end of an entry's own middleware: what is in it.
pub struct HandlerEnd<E>(PhantomData<fn() -> E>);

/// An entry with its own middleware.
pub struct EntryEnd<E>(PhantomData<fn() -> E>);

macro_rules! chain_end {
    ($name:ident, $method:ident) => {
        impl<E> $name<E> {
            /// Makes the end of a chain.
            pub const NEW: Self = Self(PhantomData);
        }

        impl<E> Clone for $name<E> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<E> Copy for $name<E> {}

        impl<E> fmt::Debug for $name<E> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))
            }
        }

        impl<S: Send + Sync + 'static, E: Endpoint<S>> Chain<S> for $name<E> {
            fn call<'r>(
                self,
                cx: &mut Context<'_>,
                env: Call<'r, S>,
            ) -> impl Future<Output = Response> + Send {
                E::$method(cx, env)
            }
        }
    };
}

chain_end!(HandlerEnd, run_handler);
chain_end!(EntryEnd, run);
