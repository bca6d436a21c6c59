//! The arguments of a handler as a tuple of types, one for the source of each value.
//!
//! The code of a handler only names these types and calls the function. Everything that depends on the app state is
//! here, because code that is generic over the state would cost compile time for each handler.

use std::marker::PhantomData;

use crate::{
    chain::{
        argument::{ASYNC, Argument, Mode, NOT, SYNC, known, known_async},
        call::Call,
        prepared::{Open, Prepare},
    },
    extract::{Extract, ExtractAsync, PATH_ANSWERS, PathParam, param_rejection},
    request::{Head, Provide, SharedValue},
    response::Rejection,
    routes::{ArgumentFacts, ArgumentInfo, Description, Facts, Inputs},
};

/// A path parameter. `M` is the result of the check of its type, unless the spelling of the type is enough.
#[derive(Debug)]
pub struct Param<T, P, M = ()>(PhantomData<(T, P, M)>);

/// A path parameter as text that borrows from the request.
#[derive(Debug)]
pub struct Text<'r, P>(PhantomData<fn() -> &'r P>);

/// A value of an extractor.
#[derive(Debug)]
pub struct Extracted<M, A>(PhantomData<fn() -> (M, A)>);

/// The `&self` of a handler in an impl block, from the app state.
#[derive(Debug)]
pub struct Receiver<'r, T>(PhantomData<fn() -> &'r T>);

/// The source of an argument.
pub trait Source {
    /// The type of the argument.
    type Value;
    /// The result of the check of its type. Reading it fails to compile if the check failed.
    const CHECKED: u8 = SYNC;
}

/// A source of which it is known what it reads.
pub trait Described: Source {
    /// The locals and the facts.
    const KNOWN: ArgumentFacts = ArgumentFacts::NONE;
}

/// A source that can be read from a request of an app with the state `S`.
pub trait SourceFrom<'r, S: 'static>: Source {
    /// Whether it takes the body.
    const BODY: bool = false;
    /// The function that runs the extractor before the handler is called, if it is async.
    const PREPARE: Option<Prepare<S>> = None;
    /// The function that opens the argument's scope around the handler, if it has one.
    const OPEN: Option<Open<S>> = None;

    /// Returns the argument.
    ///
    /// # Errors
    /// Returns the rejection of the extractor, or of a parameter that cannot be parsed.
    fn take(call: Call<'r, S>, site: Site<'_>) -> Result<Self::Value, Rejection>;

    /// Checks what depends on the head alone, before the body is read.
    ///
    /// # Errors
    /// Returns the same rejection that [`take`](Self::take) would return.
    fn check_head(call: Call<'r, S>, site: Site<'_>) -> Result<(), Rejection> {
        let _ = (call, site);
        Ok(())
    }
}

/// The place of an argument in the source, for the message about a parameter that cannot be parsed.
#[derive(Debug, Clone, Copy)]
pub struct Site<'r>(&'r Head, usize);

/// Which path parameter an argument is.
pub trait Position {
    /// Returns the decoded text of the parameter.
    fn text<'r>(head: &'r Head, site: Site<'_>) -> &'r str;
}

/// A parameter of a prefix, which is found by the name of the argument.
#[derive(Debug)]
pub struct ByName;

impl Position for ByName {
    fn text<'r>(head: &'r Head, site: Site<'_>) -> &'r str {
        head.param_named(site.name()).unwrap_or_default()
    }
}

/// Generates a type for each position that a parameter can have: a number as a generic argument would be one more
/// constant, which costs compile time.
macro_rules! positions {
    ($($name:ident $back:literal)*) => {$(
        #[doc = concat!("The parameter that is ", $back, " places before the last one of the whole pattern.")]
        #[derive(Debug)]
        pub struct $name;

        impl Position for $name {
            fn text<'r>(head: &'r Head, _: Site<'_>) -> &'r str {
                head.param_from_end($back)
            }
        }
    )*};
}

positions!(N0 0 N1 1 N2 2 N3 3 N4 4 N5 5 N6 6 N7 7 N8 8 N9 9 N10 10 N11 11 N12 12 N13 13 N14 14 N15 15);

impl Site<'_> {
    /// Returns the argument, as written in the source.
    fn argument(self) -> Option<ArgumentInfo> {
        self.0.route?.definition().sources().nth(self.1)
    }

    /// Returns the name of the argument.
    fn name(self) -> &'static str {
        self.argument().map_or("", |argument| argument.name)
    }

    #[cold]
    fn reject_param(self, text: &str) -> Rejection {
        let ty = self.argument().map_or("", |argument| argument.ty);
        param_rejection(self.name(), ty, text)
    }
}

fn parse<P: Position, T: PathParam>(head: &Head, site: Site<'_>) -> Result<T, Rejection> {
    let text = P::text(head, site);
    T::read(head, text)?.ok_or_else(|| site.reject_param(text))
}

impl<T, P, M> Source for Param<T, P, M> {
    type Value = T;
}

/// Returns what is known about a path parameter of these types, which are several for a `Path` of a tuple.
const fn param(describe: fn() -> Description) -> ArgumentFacts {
    ArgumentFacts {
        needs: &[],
        facts: Facts::PATH,
        describe,
    }
}

impl<T: PathParam, P> Described for Param<T, P, ()> {
    const KNOWN: ArgumentFacts = param(describe_param::<T>);
}

impl<T: PathParam, P> Described for Param<T, P, Mode<SYNC>> {
    const KNOWN: ArgumentFacts = param(describe_param::<T>);
}

impl<T, P> Described for Param<T, P, Mode<NOT>> {}

/// Returns the description of a path parameter.
fn describe_param<T: PathParam>() -> Description {
    Description {
        inputs: const { &Inputs::params(&[], T::TYPES) },
        answers: &PATH_ANSWERS,
    }
}

/// Returns the description of a path parameter as text.
fn describe_text() -> Description {
    describe_param::<String>()
}

/// Implements `SourceFrom` for the results that a check can have. An impl for every `M` would also be one for a type
/// that failed the check, and rustc would report that type a second time.
macro_rules! checked {
    ($($mode:ty),*) => {$(
        impl<'r, S: 'static, T: PathParam, P: Position> SourceFrom<'r, S> for Param<T, P, $mode> {
            #[inline]
            fn take(call: Call<'r, S>, site: Site<'_>) -> Result<T, Rejection> {
                parse::<P, T>(call.head, site)
            }

            fn check_head(call: Call<'r, S>, site: Site<'_>) -> Result<(), Rejection> {
                parse::<P, T>(call.head, site).map(drop)
            }
        }
    )*};
}

checked!((), Mode<SYNC>);

/// If the check failed, its result is an error, which could be either mode. So the compiler selects no impl.
impl<'r, S: 'static, T, P> SourceFrom<'r, S> for Param<T, P, Mode<NOT>> {
    fn take(_: Call<'r, S>, _: Site<'_>) -> Result<T, Rejection> {
        Err(Rejection::internal())
    }
}

impl<'r, P> Source for Text<'r, P> {
    type Value = &'r str;
}

impl<P> Described for Text<'_, P> {
    const KNOWN: ArgumentFacts = param(describe_text);
}

impl<'r, S: 'static, P: Position> SourceFrom<'r, S> for Text<'r, P> {
    #[inline]
    fn take(call: Call<'r, S>, site: Site<'_>) -> Result<&'r str, Rejection> {
        Ok(P::text(call.head, site))
    }
}

impl<const M: u8, A> Source for Extracted<Mode<M>, A> {
    type Value = A;
    const CHECKED: u8 = M;
}

impl<A> Described for Extracted<Mode<NOT>, A> {}

impl<A: Extract<'static>> Described for Extracted<Mode<SYNC>, A> {
    const KNOWN: ArgumentFacts = known::<A>();
}

impl<A: ExtractAsync> Described for Extracted<Mode<ASYNC>, A> {
    const KNOWN: ArgumentFacts = known_async::<A>();
}

/// Implements `SourceFrom` by [`Argument`]. The bounds are repeated, because rustc lists each bound between an app and
/// the state that it lacks.
macro_rules! extracted {
    ($mode:ident, $($bound:tt)*) => {
        impl<'r, S, A> SourceFrom<'r, S> for Extracted<Mode<$mode>, A>
        where
            S: SharedValue,
            $($bound)*
        {
            const BODY: bool = <S as Argument<'r, Mode<$mode>, A>>::BODY;
            const PREPARE: Option<Prepare<S>> = <S as Argument<'r, Mode<$mode>, A>>::PREPARE;
            const OPEN: Option<Open<S>> = <S as Argument<'r, Mode<$mode>, A>>::OPEN;

            #[inline]
            fn take(call: Call<'r, S>, _: Site<'_>) -> Result<A, Rejection> {
                <S as Argument<'r, Mode<$mode>, A>>::extract(call)
            }

            fn check_head(call: Call<'r, S>, _: Site<'_>) -> Result<(), Rejection> {
                <S as Argument<'r, Mode<$mode>, A>>::check_head(call)
            }
        }
    };
}

extracted!(NOT,);
extracted!(SYNC, A: Extract<'r>, S: Provide<A::State>);
extracted!(ASYNC, A: ExtractAsync, S: Provide<A::State>);

impl<'r, T> Source for Receiver<'r, T> {
    type Value = &'r T;
}

impl<T> Described for Receiver<'_, T> {}

impl<'r, S: Provide<T> + 'static, T: 'r> SourceFrom<'r, S> for Receiver<'r, T> {
    #[inline]
    fn take(call: Call<'r, S>, _: Site<'_>) -> Result<&'r T, Rejection> {
        Ok(call.state())
    }
}

/// A tuple of sources.
pub trait Sources {
    /// The arguments, as a tuple.
    type Values;
    /// Reading it fails to compile if the check of an argument failed.
    const CHECKED: ();
}

/// A tuple of sources of which it is known what they read.
pub trait AllDescribed: Sources {
    /// The locals and the facts of each argument.
    const KNOWN: &'static [ArgumentFacts];
}

/// A tuple of sources that can be read from a request of an app with the state `S`.
pub trait SourcesFrom<'r, S: 'static>: Sources {
    /// Whether one of them takes the body.
    const BODY: bool;
    /// The async extractors, which run in this order before the handler is called.
    const PREPARE: &'static [Option<Prepare<S>>];
    /// The functions that open scopes around the handler, in the order of the arguments.
    const OPEN: &'static [Option<Open<S>>];
    /// Whether there is such a function.
    const OPENS_ANY: bool;

    /// Returns the arguments.
    ///
    /// # Errors
    /// Returns the rejection of the first argument that cannot be read.
    fn take(call: Call<'r, S>) -> Result<Self::Values, Rejection>;

    /// Checks what depends on the head alone, before the body is read.
    ///
    /// # Errors
    /// Returns the rejection of the first argument that rejects the request.
    fn check_head(call: Call<'r, S>) -> Result<(), Rejection>;

    /// Checks the arguments that are neither async nor open a scope, before scopes are opened: an invalid body must not
    /// take a connection of a pool. Those arguments are created again for the handler.
    ///
    /// # Errors
    /// Returns the rejection of the first argument that rejects the request.
    fn check_before_scopes(call: Call<'r, S>) -> Result<(), Rejection>;
}

macro_rules! tuples {
    ($($name:ident $idx:literal)*) => {
        tuples!(@ [] $($name $idx)*);
    };
    (@ [$($name:ident $idx:literal)*]) => {
        tuples!(@impl $($name $idx)*);
    };
    (@ [$($name:ident $idx:literal)*] $next:ident $next_idx:literal $($rest:tt)*) => {
        tuples!(@impl $($name $idx)*);
        tuples!(@ [$($name $idx)* $next $next_idx] $($rest)*);
    };
    (@impl $($name:ident $idx:literal)*) => {
        impl<$($name: Source),*> Sources for ($($name,)*) {
            type Values = ($($name::Value,)*);
            const CHECKED: () = { $(let _checked = $name::CHECKED;)* };
        }

        impl<$($name: Described),*> AllDescribed for ($($name,)*) {
            const KNOWN: &'static [ArgumentFacts] = &[$($name::KNOWN),*];
        }

        impl<'r, S: 'static, $($name: SourceFrom<'r, S>),*> SourcesFrom<'r, S> for ($($name,)*) {
            const BODY: bool = false $(|| $name::BODY)*;
            const PREPARE: &'static [Option<Prepare<S>>] = &[$($name::PREPARE),*];
            const OPEN: &'static [Option<Open<S>>] = &[$($name::OPEN),*];
            const OPENS_ANY: bool = false $(|| $name::OPEN.is_some())*;

            #[inline]
            #[allow(unused_variables)]
            fn take(
                call: Call<'r, S>,
            ) -> Result<Self::Values, Rejection> {
                Ok(($($name::take(call, Site(call.head, $idx))?,)*))
            }

            #[allow(unused_variables)]
            fn check_head(
                call: Call<'r, S>,
            ) -> Result<(), Rejection> {
                $($name::check_head(call, Site(call.head, $idx))?;)*
                Ok(())
            }

            #[allow(unused_variables)]
            fn check_before_scopes(
                call: Call<'r, S>,
            ) -> Result<(), Rejection> {
                $(if const { $name::PREPARE.is_none() && $name::OPEN.is_none() } {
                    drop($name::take(call, Site(call.head, $idx))?);
                })*
                Ok(())
            }
        }
    };
}

tuples!(A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11 M 12 N 13 O 14 P 15 Q 16 R 17 T 18 U 19 V 20 W 21 X 22 Y 23);
