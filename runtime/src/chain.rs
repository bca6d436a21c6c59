//! The chain of a route: middleware, the groups inside it, and the handler, composed at compile time.
//!
//! Each trait here that runs a part of a chain has a method `run`, which takes the rest of the chain where there is
//! one: [`Chain::run`] -> [`Step::run`] -> [`Middleware::run`] -> [`Next::run`] -> the next [`Chain::run`], until
//! [`HandlerEnd`] calls the handler.

use std::{future::Future, marker::PhantomData};

use crate::{
    request::{Context, Exchange},
    response::Response,
};

mod app_state;
mod argument;
mod argument_check;
mod call;
mod detached;
mod endpoint;
mod entry_check;
mod fields;
mod handler;
mod lacks;
mod next;
mod no_extractor;
mod panics;
mod part;
mod payloads;
mod prepared;
mod source;
#[cfg(debug_assertions)]
mod stated;
mod step;

pub use app_state::{BrokenState, IntoState, shared_field};
pub use argument::{
    ASYNC, Argument, AsyncArgument, LocalProbe, Mode, NoExtractor, ParamProbe, Probe, ProbeAsync,
    ResponseProbe, SYNC, known_argument,
};
pub use argument_check::{
    assert_body, assert_taken, get_argument, handler_argument, param_argument, part_argument,
};
pub(crate) use call::RequestScope;
pub use call::{BufferedBody, Call, Render, buffer_body, problem};
pub use detached::Detached;
pub use endpoint::{Absent, Endpoint, Fallback, FallbackProbe, NoRoute, chain_of, fallback_mode};
pub use entry_check::entry_mode;
pub use fields::{Chunks, Dispatch, EntryEnd, Fields, Listed, W16, W256, W4096, WithFallback};
pub use handler::{Handler, HandlerEnd, PlainEnd, Ready, known, plain};
pub use next::Next;
use next::Rest;
pub(crate) use panics::{Faults, catch_panic, panic_response};
pub use part::{
    ChainPart, ConfiguredPart, ConfiguredPartProbe, CopyConfig, GuardOutput, GuardProbe, NoAnswers,
    NoLocal, NoPart, OptionSite, PartProbe, PassedLocalsProbe, SharedProbe, ValueFacts,
    ValueFactsProbe, assert_observer, assert_ordered, assert_passed, condition_mode, copy_config,
    no_layer_mode, parallel_mode, part_mode,
};
pub use source::{
    ByName, Described, Extracted, N0, N1, N2, N3, N4, N5, N6, N7, N8, N9, N10, N11, N12, N13, N14,
    N15, Param, Receiver, SourceFrom, Sources, SourcesFrom, Text,
};
pub use step::{
    GuardPasses, IfStep, Parallel, PartStep, Predicate, PredicateFn, Step, run_predicate,
};

/// A chain, or the rest of one. Its values have no size, so a middleware can run a copy later.
pub trait Chain<S: Send + Sync + 'static>: Copy + Send + Sync + 'static {
    /// Runs the chain.
    fn run<'r>(
        self,
        cx: &mut Context<'_>,
        call: Call<'r, S>,
    ) -> impl Future<Output = Response> + Send;
}

/// A chain that can be made from its type alone. The chain of a plain function is not one: its value is the function.
pub trait New {
    /// The value, which has no size.
    const NEW: Self;
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
#[derive(Debug)]
pub struct Around<P, C>(PhantomData<fn() -> P>, C);

impl<P, C: Copy> Clone for Around<P, C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P, C: Copy> Copy for Around<P, C> {}

impl<S: Send + Sync + 'static, P: Step<S>, C: Chain<S>> Chain<S> for Around<P, C> {
    fn run<'r>(
        self,
        cx: &mut Context<'_>,
        call: Call<'r, S>,
    ) -> impl Future<Output = Response> + Send {
        P::run(cx, call, self.1)
    }
}

impl<P, C: New> New for Around<P, C> {
    const NEW: Self = Self(PhantomData, C::NEW);
}
