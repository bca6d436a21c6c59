//! The dispatch of a group: a `match` on the number of the entry that the route table has found.

use std::{fmt, future::Future, marker::PhantomData};

use super::{
    Chain, Endpoint, New,
    argument::{Mode, NOT, SYNC},
    call::{Call, Fallback},
    endpoint::{NoRoute, fallback, miss},
};
use crate::{
    request::{Context, SharedValue},
    response::Response,
};

/// The end of a chain at a group. `L` is the list of its entries: a tuple of up to 16 [`Listed`], or [`Chunks`] of
/// them.
pub struct Fields<L>(PhantomData<fn() -> L>);

/// Several lists as one, each of `W` entries. It keeps the cost of a list proportional to its length.
#[derive(Debug)]
pub struct Chunks<L, W>(PhantomData<fn() -> (L, W)>);

/// A list of entries that can run one of them.
pub trait Dispatch<S: SharedValue>: 'static {
    /// Runs the entry with this number, or responds for the group if there is none.
    fn run_entry<'r>(
        cx: &mut Context<'_>,
        call: Call<'r, S>,
        entry: u16,
    ) -> impl Future<Output = Response> + Send;
}

impl<L> fmt::Debug for Fields<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fields")
    }
}

impl<L> Clone for Fields<L> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<L> Copy for Fields<L> {}

impl<L> New for Fields<L> {
    const NEW: Self = Self(PhantomData);
}

impl<S: SharedValue, L: Endpoint<S>> Chain<S> for Fields<L> {
    fn run<'r>(
        self,
        cx: &mut Context<'_>,
        call: Call<'r, S>,
    ) -> impl Future<Output = Response> + Send {
        L::run(cx, call)
    }
}

/// The number of entries in each list of [`Chunks`].
pub trait Width: 'static {
    /// The number.
    const WIDTH: u16;
}

macro_rules! widths {
    ($($name:ident $width:literal)*) => {$(
        #[doc = concat!("Lists of ", $width, " entries.")]
        #[derive(Debug)]
        pub struct $name;

        impl Width for $name {
            const WIDTH: u16 = $width;
        }
    )*};
}

widths!(W16 16 W256 256 W4096 4096);

/// The methods of a list as an [`Endpoint`]. It has the trait of its entries, because rustc lists each trait between an
/// app and the state that it lacks.
macro_rules! dispatch {
    () => {
        fn chain() -> impl Chain<S> {
            Fields::<Self>(PhantomData)
        }

        fn run<'r>(
            cx: &mut Context<'_>,
            mut call: Call<'r, S>,
        ) -> impl Future<Output = Response> + Send {
            let entry = call.next_field();
            Self::run_entry(cx, call, entry)
        }
    };
}

macro_rules! lists {
    ($($name:ident $idx:literal)*) => {
        lists!(@ [] $($name $idx)*);
    };
    (@ [$($name:ident $idx:literal)*]) => {
        lists!(@impl $($name $idx)*);
    };
    (@ [$($name:ident $idx:literal)*] $next:ident $next_idx:literal $($rest:tt)*) => {
        lists!(@impl $($name $idx)*);
        lists!(@ [$($name $idx)* $next $next_idx] $($rest)*);
    };
    (@impl $($name:ident $idx:literal)*) => {
        impl<S: SharedValue, $($name: Endpoint<S>),*> Dispatch<S> for ($($name,)*) {
            async fn run_entry<'r>(
                cx: &mut Context<'_>,
                call: Call<'r, S>,
                entry: u16,
            ) -> Response {
                match entry {
                    $($idx => $name::run(cx, call).await,)*
                    _ => miss(cx, call).await,
                }
            }
        }

        impl<S: SharedValue, $($name: Endpoint<S>),*> Endpoint<S> for ($($name,)*) {
            dispatch!();
        }

        impl<S: SharedValue, W: Width, $($name: Dispatch<S>),*> Endpoint<S>
            for Chunks<($($name,)*), W>
        {
            dispatch!();
        }

        impl<S: SharedValue, W: Width, $($name: Dispatch<S>),*> Dispatch<S>
            for Chunks<($($name,)*), W>
        {
            async fn run_entry<'r>(
                cx: &mut Context<'_>,
                call: Call<'r, S>,
                entry: u16,
            ) -> Response {
                #[allow(unused_variables)]
                let rest = entry % W::WIDTH;
                match entry / W::WIDTH {
                    $($idx => $name::run_entry(cx, call, rest).await,)*
                    _ => miss(cx, call).await,
                }
            }
        }
    };
}

lists!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11 M 12 N 13 O 14 P 15);

/// An entry in the list of a group, as the only type of a tuple, like in `EntryProbe`. The mode is the result of the
/// check of the entry.
///
/// If the check fails, the mode is an error, which could be either of the modes below. So the compiler selects no impl,
/// and reports nothing more about the entry.
#[derive(Debug)]
pub struct Listed<M, E>(PhantomData<fn() -> (M, E)>);

impl<S: SharedValue, E: Endpoint<S>> Endpoint<S> for Listed<Mode<SYNC>, (E,)> {
    fn chain() -> impl Chain<S> {
        E::chain()
    }
}

impl<S: SharedValue, E: 'static> Endpoint<S> for Listed<Mode<NOT>, (E,)> {
    fn chain() -> impl Chain<S> {
        NoRoute
    }
}

/// A chain that sets the fallback of a group.
pub struct WithFallback<F, C>(PhantomData<fn() -> F>, C);

impl<F, C> fmt::Debug for WithFallback<F, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WithFallback")
    }
}

impl<F, C: Copy> Clone for WithFallback<F, C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<F, C: Copy> Copy for WithFallback<F, C> {}

impl<F, C: New> New for WithFallback<F, C> {
    const NEW: Self = Self(PhantomData, C::NEW);
}

impl<S: SharedValue, F: Endpoint<S>, C: Chain<S>> Chain<S> for WithFallback<F, C> {
    fn run<'r>(
        self,
        cx: &mut Context<'_>,
        call: Call<'r, S>,
    ) -> impl Future<Output = Response> + Send {
        let fallback: Fallback<S> = fallback::<F, S>;
        self.1.run(cx, call.with_fallback(fallback))
    }
}

/// The end of a chain that runs an entry of a group: the chain of the group around the entry ends with it.
pub struct EntryEnd<E>(PhantomData<fn() -> E>);

impl<E> fmt::Debug for EntryEnd<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EntryEnd")
    }
}

impl<E> Clone for EntryEnd<E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for EntryEnd<E> {}

impl<E> New for EntryEnd<E> {
    const NEW: Self = Self(PhantomData);
}

impl<S: SharedValue, E: Endpoint<S>> Chain<S> for EntryEnd<E> {
    fn run<'r>(
        self,
        cx: &mut Context<'_>,
        call: Call<'r, S>,
    ) -> impl Future<Output = Response> + Send {
        E::run(cx, call)
    }
}
