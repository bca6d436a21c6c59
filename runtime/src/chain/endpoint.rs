//! The chain of an entry of a group, and the response of a group if no handler responds.

use std::{future::Future, marker::PhantomData};

use super::{
    Call, Chain, ChainPart, ConfiguredPart, Guard, Middleware, New, Next, SYNC, call::Boxed,
};
use crate::{
    const_text::ErrorText,
    request::{Context, SharedValue},
    response::{IntoResponse, Rejection, Response},
    routes::{ArgumentFacts, Entry, Fact, NoEntry, NoLink, Node, PartInfo, first_keyed},
};

/// A handler, or a group of them, in an app with the state `S`.
pub trait Endpoint<S: SharedValue>: Sized + 'static {
    /// Returns the chain of the entry: its own middleware, then the handler or the group.
    ///
    /// It is no associated type, because that of a public handler cannot contain private types, as its arguments may.
    fn chain() -> impl Chain<S>;

    /// Runs the chain of the entry.
    fn run<'r>(cx: &mut Context<'_>, call: Call<'r, S>) -> impl Future<Output = Response> + Send {
        Self::chain().run(cx, call)
    }
}

/// Returns a chain by its type.
pub const fn chain_of<C: Chain<S> + New, S: SharedValue>() -> C {
    C::NEW
}

/// Responds for the group at which the way ends, if no handler does.
pub(super) async fn miss<S>(cx: &mut Context<'_>, call: Call<'_, S>) -> Response
where
    S: SharedValue,
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
pub(super) fn fallback<'a, E: Endpoint<S>, S: SharedValue>(
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
pub trait Fallback {
    /// The needs and the facts of its arguments.
    const ARGUMENTS: &'static [ArgumentFacts] = &[];
}

/// Reads whether a type is a fallback, like [`EntryProbe`](crate::routes::EntryProbe).
#[derive(Debug)]
pub struct FallbackProbe<T>(PhantomData<T>);

impl<T: Fallback> FallbackProbe<(T,)> {
    /// Whether the type is a fallback.
    pub const IS: bool = true;
    /// The first name of an argument that only routes can have.
    pub const KEYED: Option<&'static Fact> = first_keyed(T::ARGUMENTS);
}

impl<T> NoEntry for FallbackProbe<T> {}

/// Returns the mode of a fallback. Fails to compile if the type that is named as a fallback is not one.
#[track_caller]
pub const fn fallback_mode(
    shown: &str,
    is_fallback: bool,
    is_entry: bool,
    keyed: Option<&'static Fact>,
) -> u8 {
    let text = ErrorText::EMPTY.with("`").with(shown);
    if let Some(job) = keyed
        && job.is_job()
    {
        let text = text.with("` publishes the job `").with(job.name());
        let text = text.with("`, and the check of jobs sees only routes; publish it in a route, and remove the argument");
        panic!("{}", text.as_str())
    }
    if let Some(fact) = keyed {
        let text = text.with("` reads the ").with(fact.kind()).with(" `");
        let text = text.with(fact.name()).with("`, which is found by the facts of a route, and a fallback has no route; remove the argument");
        panic!("{}", text.as_str())
    }
    if is_fallback {
        return SYNC;
    }
    let text = match is_entry {
        true => text.with("` has a path, and a fallback has none: put `#[fallback]` on the function, in place of `#[get(..)]` and the like"),
        false => text.with("` is not a fallback: put `#[fallback]` on the function"),
    };
    panic!("{}", text.as_str())
}

/// Replaces an entry or a middleware whose `#[cfg]` is off. It has no routes and does nothing.
#[derive(Debug, Clone, Copy)]
pub struct Absent {}

impl Entry for Absent {
    const NODE: &'static Node = &Node::ABSENT;
    type Link = NoLink;
}

impl<S: SharedValue> Endpoint<S> for Absent {
    fn chain() -> impl Chain<S> {
        NoRoute
    }
}

/// The chain of an entry without a route: one with a mistake, or one whose `#[cfg]` is off.
#[derive(Debug, Clone, Copy)]
pub struct NoRoute;

impl New for NoRoute {
    const NEW: Self = Self;
}

impl<S: SharedValue> Chain<S> for NoRoute {
    fn run<'r>(
        self,
        cx: &mut Context<'_>,
        call: Call<'r, S>,
    ) -> impl Future<Output = Response> + Send {
        miss(cx, call)
    }
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

impl<S: SharedValue> Middleware<S> for Absent {
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

impl<S: SharedValue> Guard<S> for Absent {
    type Value = ();

    async fn check<'r>(
        &'static self,
        _: &Context<'_>,
        _: Call<'r, S>,
    ) -> Result<Option<()>, Response> {
        Ok(None)
    }
}
