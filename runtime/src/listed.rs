//! What a group names in its list, in `with(..)` and as its fallback.
//!
//! A name may be wrong: no route, no middleware, or nothing at all. That is one error, where the
//! name stands. So the generated code never names such a type in a bound that others depend on:
//! it stands behind [`Listed`] or [`Wrapping`], and behind [`If`] where a trait is missing.

use std::{future::Future, marker::PhantomData};

use crate::{
    chain::{Endpoint, Env, Middleware, Next},
    context::Context,
    response::Response,
};

/// What stands at one place of a group's list.
pub trait Listed<S: Send + Sync + 'static> {
    /// The handler, the group or the fallback.
    type Entry: Endpoint<S>;
}

/// What stands at one place of a `with(..)`.
pub trait Wrapping<S: Send + Sync + 'static> {
    /// The middleware.
    type Middleware: Middleware<S>;
}

/// A middleware, whatever the state.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a middleware",
    label = "named in `with(..)`, but it cannot wrap a route",
    note = "put `#[middleware]` on the function: `async fn {Self}(cx: &mut Context<'_>, next: impl Next) -> Response`"
)]
pub trait Wrap: Copy + Send + Sync + 'static {
    /// The only value.
    const NEW: Self;
}

/// A handler without a path. `#[fallback]` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a fallback",
    label = "named as a fallback, but it needs a path or is no handler",
    note = "put `#[fallback]` on the function, in place of `#[get(..)]` and the like"
)]
pub trait Fallback {
    /// There is nothing to say about it: the constant is there to be asked for.
    const IS: () = ();
}

/// `T`, or nothing where `T` has not got the trait that it should have: the lack has been
/// reported where `T` is named, and must not be reported again where the app is served.
#[derive(Debug)]
pub struct If<const IS: bool, T>(PhantomData<fn() -> T>);

impl<const IS: bool, T> Clone for If<IS, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<const IS: bool, T> Copy for If<IS, T> {}

impl<S: Send + Sync + 'static, T: Endpoint<S>> Endpoint<S> for If<true, T> {
    fn run<'r>(cx: &mut Context<'_>, env: Env<'r, S>) -> impl Future<Output = Response> + Send {
        T::run(cx, env)
    }
}

impl<S: Send + Sync + 'static, T: 'static> Endpoint<S> for If<false, T> {}

impl<const IS: bool, T: 'static> Wrap for If<IS, T> {
    const NEW: Self = Self(PhantomData);
}

impl<S: Send + Sync + 'static, T: Middleware<S>> Middleware<S> for If<true, T> {
    fn around<'r>(
        self,
        cx: &mut Context<'_>,
        env: Env<'r, S>,
        next: impl Next,
    ) -> impl Future<Output = Response> + Send {
        T::NEW.around(cx, env, next)
    }
}

impl<S: Send + Sync + 'static, T: 'static> Middleware<S> for If<false, T> {
    fn around<'r>(
        self,
        cx: &mut Context<'_>,
        _: Env<'r, S>,
        next: impl Next,
    ) -> impl Future<Output = Response> + Send {
        next.run(cx)
    }
}
