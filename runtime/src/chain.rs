//! The chain of a route: middleware around groups around the handler, composed by the compiler.

use std::{fmt, future::Future, marker::PhantomData};

use crate::{context::Context, local::Handed, response::Response};

mod endpoint;
mod env;
mod locals;
mod next;
mod part;
mod prepared;

pub use endpoint::{Absent, Endpoint, Fallback, assert_fallback, fallback, miss};
pub(crate) use env::{Base, Ready};
pub use env::{Env, Render};
pub(crate) use locals::Locals;
pub use next::{Next, Nothing};
pub use part::{ChainPart, Part, Verdict};
pub use prepared::Prepare;

use next::Rest;

/// A part of a chain that is known to the compiler: a value without size.
pub trait Chain<S: Send + Sync + 'static>: Send + Sync + 'static {
    /// Runs it.
    fn call<'r>(
        self,
        cx: &mut Context<'_>,
        env: Env<'r, S>,
    ) -> impl Future<Output = Response> + Send;
}

/// A middleware: it wraps the rest of the chain. `#[middleware]` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a guard and not a middleware",
    label = "named in `with(..)`, but it cannot stand before a route",
    note = "put `#[guard]` or `#[middleware]` on the function"
)]
pub trait Middleware<S: Send + Sync + 'static>: Send + Sync + 'static {
    /// What it hands on, or `()`.
    type Hands: Handed;

    /// Runs the middleware around the rest.
    fn around<'r>(
        self,
        cx: &mut Context<'_>,
        env: Env<'r, S>,
        next: impl Next<Self::Hands>,
    ) -> impl Future<Output = Response> + Send;
}

/// A middleware around the rest of a chain.
#[derive(Debug, Clone, Copy)]
pub struct Stack<M, C>(pub M, pub C);

impl<S: Send + Sync + 'static, M: Middleware<S>, C: Chain<S>> Chain<S> for Stack<M, C> {
    fn call<'r>(
        self,
        cx: &mut Context<'_>,
        env: Env<'r, S>,
    ) -> impl Future<Output = Response> + Send {
        self.0.around(cx, env, Rest { chain: self.1, env })
    }
}

/// The end of an entry's own middleware: what is in it.
pub struct Inner<E>(PhantomData<fn() -> E>);

/// An entry with its own middleware.
pub struct Whole<E>(PhantomData<fn() -> E>);

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
                env: Env<'r, S>,
            ) -> impl Future<Output = Response> + Send {
                E::$method(cx, env)
            }
        }
    };
}

chain_end!(Inner, inner);
chain_end!(Whole, run);
