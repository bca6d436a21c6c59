//! What the generated code asks of an argument's type, and how it makes the argument.

use std::{
    ffi::OsString,
    future::{Future, ready},
    marker::PhantomData,
    path::PathBuf,
};

use crate::{
    chain::{env::Call, prepared::Prepare},
    extract::{Extract, ExtractAsync, Input},
    request::{Context, Provide},
    response::Rejection,
    routes::LocalId,
};

/// Answers what is known of an argument's type without an error where it is no extractor.
///
/// The inherent constants win where their bounds hold, those of [`NoExtractor`] otherwise: so the
/// one error about such a type comes from [`assert_argument`](super::assert_argument), and nothing repeats it.
#[derive(Debug)]
pub struct Probe<T>(PhantomData<T>);

/// The argument is not an extractor.
pub(crate) const NOT: u8 = 0;
/// The argument implements [`Extract`].
pub const SYNC: u8 = 1;
/// The argument implements [`ExtractAsync`].
pub const ASYNC: u8 = 2;

impl<T: Extract<'static>> Probe<T> {
    /// Which kind of extractor it is.
    pub const MODE: u8 = SYNC;
    /// Whether it takes the body.
    pub const BODY: bool = T::BODY;
    /// The path parameters that it takes.
    pub const PARAMS: &'static [&'static str] = T::PARAMS;
    /// The locals that it reads.
    pub const NEEDS: &'static [LocalId] = T::NEEDS;
}

/// What is known of a type that is no [`Extract`].
pub trait NoExtractor {
    /// Which kind of extractor it is.
    const MODE: u8 = NOT;
    /// Whether it takes the body.
    const BODY: bool = false;
    /// The path parameters that it takes.
    const PARAMS: &'static [&'static str] = &[];
    /// The locals that it reads.
    const NEEDS: &'static [LocalId] = &[];
    /// Whether it is a path of a file, which a client's text must not become without a check.
    const NAMES_A_FILE: bool = false;
}

impl<T> NoExtractor for Probe<T> {}

impl Probe<PathBuf> {
    /// A path of a file.
    pub const NAMES_A_FILE: bool = true;
}

impl Probe<OsString> {
    /// Often a path of a file.
    pub const NAMES_A_FILE: bool = true;
}

/// As [`Probe`], for [`ExtractAsync`].
#[derive(Debug)]
pub struct ProbeAsync<T>(PhantomData<T>);

impl<T: ExtractAsync> ProbeAsync<T> {
    /// Which kind of extractor it is.
    pub const MODE: u8 = ASYNC;
    /// Whether it takes the body.
    pub const BODY: bool = T::BODY;
}

impl<T> NoExtractor for ProbeAsync<T> {}

/// Which kind of extractor an argument is, as a type: constants as generic arguments would cost
/// the compiler a body each.
#[derive(Debug)]
pub struct Mode<const MODE: u8>;

impl<const MODE: u8> Mode<MODE> {
    /// The kind: [`SYNC`] or another.
    pub const IS: u8 = MODE;
}

/// App state from which an argument can be made: the bound that stands for each argument.
///
/// It holds for every state where the mode says that the argument is no extractor, since that has
/// been reported where the handler stands.
pub trait Argument<'r, M, A>: Sized + Send + Sync + 'static {
    /// Whether the argument takes the body.
    const BODY: bool = false;
    /// What runs ahead of the handler.
    const PREPARE: Option<Prepare<Self>> = None;

    /// Makes the argument.
    ///
    /// # Errors
    /// What the extractor says.
    fn extract(env: Call<'r, Self>) -> Result<A, Rejection>;

    /// Checks what the head decides, before the body is read.
    ///
    /// # Errors
    /// What the extractor says.
    fn check_head(env: Call<'_, Self>) -> Result<(), Rejection> {
        let _ = env;
        Ok(())
    }
}

impl<'r, S: Send + Sync + 'static, A> Argument<'r, Mode<NOT>, A> for S {
    fn extract(_: Call<'r, Self>) -> Result<A, Rejection> {
        Err(Rejection::internal())
    }
}

impl<'r, S: Provide<A::State>, A: Extract<'r>> Argument<'r, Mode<SYNC>, A> for S {
    const BODY: bool = A::BODY;

    fn extract(env: Call<'r, Self>) -> Result<A, Rejection> {
        A::extract(Input {
            head: env.head,
            body: &env.ready.body,
            locals: env.locals,
            state: env.base.connection,
        })
    }

    fn check_head(env: Call<'_, Self>) -> Result<(), Rejection> {
        A::check_head(Input {
            head: env.head,
            body: &env.ready.body,
            locals: env.locals,
            state: env.base.connection,
        })
    }
}

impl<'r, S: Provide<A::State>, A: ExtractAsync> Argument<'r, Mode<ASYNC>, A> for S {
    const PREPARE: Option<Prepare<Self>> = Some(|cx, env, prepared| {
        Box::pin(async move {
            prepared.put(A::extract(cx, env.state::<A::State>()).await?);
            Ok(())
        })
    });

    fn extract(env: Call<'r, Self>) -> Result<A, Rejection> {
        env.ready.prepared.take().ok_or_else(Rejection::internal)
    }
}

/// As [`Argument`], for an argument of a guard or a middleware, which may wait where it stands.
pub trait AsyncArgument<'r, M, A>: Argument<'r, M, A> {
    /// Makes the argument.
    fn wait(
        cx: &mut Context<'_>,
        env: Call<'r, Self>,
    ) -> impl Future<Output = Result<A, Rejection>> + Send;
}

impl<'r, S: Send + Sync + 'static, A: Send> AsyncArgument<'r, Mode<NOT>, A> for S {
    fn wait(
        _: &mut Context<'_>,
        _: Call<'r, Self>,
    ) -> impl Future<Output = Result<A, Rejection>> + Send {
        ready(Err(Rejection::internal()))
    }
}

impl<'r, S: Provide<A::State>, A: Extract<'r> + Send> AsyncArgument<'r, Mode<SYNC>, A> for S {
    fn wait(
        _: &mut Context<'_>,
        env: Call<'r, Self>,
    ) -> impl Future<Output = Result<A, Rejection>> + Send {
        ready(<Self as Argument<'r, Mode<SYNC>, A>>::extract(env))
    }
}

impl<'r, S: Provide<A::State>, A: ExtractAsync> AsyncArgument<'r, Mode<ASYNC>, A> for S {
    fn wait(
        cx: &mut Context<'_>,
        env: Call<'r, Self>,
    ) -> impl Future<Output = Result<A, Rejection>> + Send {
        A::extract(cx, env.state::<A::State>())
    }
}

/// The extractors among the arguments of a handler, as a list: `(mode, type, rest)` or `()`.
pub trait Args<S: 'static>: 'static {
    /// Whether one of them takes the body.
    const BODY: bool;
    /// What runs ahead of the handler, in order.
    const AHEAD: Option<&'static Ahead<S>>;

    /// Checks what the head decides, before the body is read.
    ///
    /// # Errors
    /// What the first extractor says that rejects it.
    fn check_head(env: Call<'_, S>) -> Result<(), Rejection> {
        let _ = env;
        Ok(())
    }
}

/// A step ahead of the handler, and those behind it.
#[derive(Debug)]
pub struct Ahead<S: 'static> {
    pub(crate) prepare: Prepare<S>,
    pub(crate) next: Option<&'static Self>,
}

impl<S: 'static> Args<S> for () {
    const BODY: bool = false;
    const AHEAD: Option<&'static Ahead<S>> = None;
}

impl<S: Argument<'static, M, A>, M: 'static, A: 'static, R: Args<S>> Args<S> for (M, A, R) {
    const BODY: bool = S::BODY || R::BODY;
    const AHEAD: Option<&'static Ahead<S>> = match S::PREPARE {
        Some(prepare) => Some(&Ahead {
            prepare,
            next: R::AHEAD,
        }),
        None => R::AHEAD,
    };

    fn check_head(env: Call<'_, S>) -> Result<(), Rejection> {
        S::check_head(env)?;
        R::check_head(env)
    }
}
