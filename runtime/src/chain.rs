//! The chain of a route: middleware, the groups inside it, and the handler, composed at compile time.
//!
//! Each trait here that runs a part of a chain has a method `run`, which takes the rest of the chain where there is
//! one: [`Chain::run`] -> [`Step::run`] -> [`Middleware::run`] -> [`Next::run`] -> the next [`Chain::run`], until
//! [`Endpoint::run_handler`] calls the handler.

use std::{fmt, future::Future, marker::PhantomData};

use crate::{
    request::{Context, Exchange},
    response::Response,
};

mod argument;
mod argument_check;
mod call;
mod endpoint;
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
pub(crate) use call::RequestScope;
pub use call::{BufferedBody, Call, Render, buffer_body, problem};
pub use endpoint::{Absent, Endpoint, Fallback, assert_fallback, fallback, miss};
pub use next::Next;
use next::Rest;
pub(crate) use panics::{Faults, catch_panic, panic_response};
pub use part::{
    ChainPart, ConfiguredPart, ConfiguredPartProbe, GuardOutput, NoLocal, NoPart, PartProbe,
    PassedLocalsProbe, SharedProbe, assert_condition, assert_observer, assert_parallel,
    assert_part, assert_passed, copy_config,
};
pub use prepared::Prepare;
pub use step::{
    GuardPasses, IfStep, Parallel, PartStep, Predicate, PredicateFn, Step, run_predicate,
};

/// A chain, or the rest of one, as a type. Its values have no size.
pub trait Chain<S: Send + Sync + 'static>: Send + Sync + 'static {
    /// Runs the chain.
    fn run<'r>(
        self,
        cx: &mut Context<'_>,
        call: Call<'r, S>,
    ) -> impl Future<Output = Response> + Send;
}

/// A middleware, which wraps the rest of the chain. `#[middleware]` and `#[guard]` implement it.
pub trait Middleware<S: Send + Sync + 'static>: Send + Sync + 'static {
    /// The local that it passes to the rest of the chain, or `()`.
    type Passes: Send + Sync + 'static;

    /// Runs the middleware around the rest of the chain.
    fn run<'r>(
        &'static self,
        cx: &mut Context<'_>,
        call: Call<'r, S>,
        next: impl Next<Self::Passes>,
    ) -> impl Future<Output = Response> + Send;
}

/// A guard that only reads the context, so that it can run in parallel with others. `#[guard]` implements it.
pub trait Guard<S: Send + Sync + 'static>: Send + Sync + 'static {
    /// The local that it provides, or `()`.
    type Value: Send + Sync + 'static;

    /// Runs the guard. The result has no value if the guard is skipped, on a miss or by a test.
    ///
    /// # Errors
    /// Returns the response of a guard that rejects the request.
    fn check<'r>(
        &'static self,
        cx: &Context<'_>,
        call: Call<'r, S>,
    ) -> impl Future<Output = Result<Option<Self::Value>, Response>> + Send;
}

/// An observer, which runs after an exchange is over. `#[observer]` implements it.
pub trait Observer<S: Send + Sync + 'static>: Send + Sync + 'static {
    /// Runs the observer on a finished exchange.
    fn observe<'r>(&'static self, exchange: &Exchange<'_>, call: Call<'r, S>);
}

/// A step around the rest of a chain.
#[derive(Debug, Clone, Copy)]
pub struct Around<P, C>(PhantomData<fn() -> P>, C);

impl<P, C> Around<P, C> {
    /// Returns the chain of the step and the rest.
    pub const fn new(rest: C) -> Self {
        Self(PhantomData, rest)
    }
}

impl<S: Send + Sync + 'static, P: Step<S>, C: Chain<S>> Chain<S> for Around<P, C> {
    fn run<'r>(
        self,
        cx: &mut Context<'_>,
        call: Call<'r, S>,
    ) -> impl Future<Output = Response> + Send {
        P::run(cx, call, self.1)
    }
}

/// The end of a chain that runs the entry without its own middleware: the chain of that middleware ends with it.
pub struct HandlerEnd<E>(PhantomData<fn() -> E>);

/// The end of a chain that runs the entry with its own middleware: a group's chain around an entry ends with it.
pub struct EntryEnd<E>(PhantomData<fn() -> E>);

macro_rules! chain_end {
    ($name:ident, $method:ident) => {
        impl<E> $name<E> {
            /// The end of a chain.
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
            fn run<'r>(
                self,
                cx: &mut Context<'_>,
                call: Call<'r, S>,
            ) -> impl Future<Output = Response> + Send {
                E::$method(cx, call)
            }
        }
    };
}

chain_end!(HandlerEnd, run_handler);
chain_end!(EntryEnd, run);
