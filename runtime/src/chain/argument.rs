//! How the generated code inspects the type of an argument and extracts the argument.

use std::{
    ffi::OsString,
    future::{Future, ready},
    marker::PhantomData,
    path::PathBuf,
};

use bytes::Bytes;

use crate::{
    chain::{
        call::Call,
        lacks::Lacks,
        prepared::{Open, Prepare},
    },
    extract::{Extract, ExtractAsync, Input, Opening, PathParam},
    request::{Context, Provide},
    response::{IntoResponse, Rejection},
    routes::{Answers, ArgumentFacts, Description, Facts, LocalId, LocalType, ResponseInfo},
};

/// Reads the properties of an argument's type, without an error if the type is not an extractor.
///
/// The compiler prefers the inherent constants if their bounds hold, and uses those of [`NoExtractor`] otherwise. So
/// the only error about such a type is that of [`handler_argument`](super::handler_argument).
#[derive(Debug)]
pub struct Probe<T>(PhantomData<T>);

/// The argument is not an extractor.
pub(crate) const NOT: u8 = 0;
/// The argument implements [`Extract`].
pub const SYNC: u8 = 1;
/// The argument implements [`ExtractAsync`].
pub const ASYNC: u8 = 2;

/// The properties of an argument's type that decide how it is extracted.
#[derive(Debug, Clone, Copy)]
pub struct ArgumentKind {
    /// The kind of extractor.
    pub(crate) mode: u8,
    /// Why it is not an extractor, for the error message.
    pub(crate) lacks: Lacks,
    /// Whether it takes the body.
    pub body: bool,
    /// Whether it takes the body of a GET, too, and does not read the query then.
    pub body_of_get: bool,
    /// The number of scopes that it opens around the handler.
    pub(crate) n_scopes: u8,
    /// Whether it has the fact of a scope.
    pub(crate) names_scope: bool,
    /// The path parameters that it takes.
    pub params: &'static [&'static str],
}

impl ArgumentKind {
    const NONE: Self = Self::lacking(Lacks::Unknown);

    /// Returns the properties of a type that is not an extractor.
    pub(crate) const fn lacking(lacks: Lacks) -> Self {
        Self {
            mode: NOT,
            lacks,
            body: false,
            body_of_get: false,
            n_scopes: 0,
            names_scope: false,
            params: &[],
        }
    }

    /// Returns the properties of a type that is a local if `is_local`.
    #[must_use]
    pub const fn or_local(self, is_local: bool) -> Self {
        match (self.mode, is_local) {
            (NOT, true) => Self::lacking(Lacks::Local),
            _ => self,
        }
    }
}

impl<T: Extract<'static>> Probe<T> {
    /// The properties of the extractor.
    pub const KIND: ArgumentKind = ArgumentKind {
        mode: SYNC,
        lacks: Lacks::Unknown,
        body: T::BODY,
        body_of_get: T::BODY && !T::QUERY_OF_GET,
        n_scopes: match T::OPENS {
            Some(opens) => 1 + opens.is_two as u8,
            None => 0,
        },
        names_scope: T::FACTS.may(Facts::SCOPE),
        params: T::PARAMS,
    };
    /// The locals that it reads.
    pub const NEEDS: &'static [LocalId] = T::NEEDS;
    /// The locals that it reads, and its facts.
    pub const KNOWN: ArgumentFacts = known::<T>();
}

/// Returns what is known about an extractor.
pub(super) const fn known<T: Extract<'static>>() -> ArgumentFacts {
    ArgumentFacts {
        needs: T::NEEDS,
        facts: T::FACTS,
        describe: || Description {
            inputs: &T::INPUTS,
            answers: &T::ANSWERS,
        },
    }
}

/// Returns what is known about an async extractor.
pub(super) const fn known_async<T: ExtractAsync>() -> ArgumentFacts {
    ArgumentFacts {
        needs: T::NEEDS,
        facts: T::FACTS,
        describe: || Description {
            inputs: &T::INPUTS,
            answers: &T::ANSWERS,
        },
    }
}

/// The properties of a type that does not implement a trait.
pub trait NoExtractor {
    /// The properties of the extractor.
    const KIND: ArgumentKind = ArgumentKind::NONE;
    /// The locals that it reads.
    const NEEDS: &'static [LocalId] = &[];
    /// The locals that it reads, and its facts.
    const KNOWN: ArgumentFacts = ArgumentFacts::NONE;
    /// The facts of the response.
    const RESPONSE: Facts = Facts::OPAQUE;

    /// The answers.
    const ANSWERS: Answers = Answers::OPAQUE;

    /// Returns the facts and the answers of the response.
    fn response() -> ResponseInfo {
        ResponseInfo::OPAQUE
    }
    /// Whether it is a file path, which must not be made from a client's text without a check.
    const NAMES_A_FILE: bool = false;
    /// Whether it can be a path parameter.
    const PARSES: bool = false;
    /// Whether it is a local.
    const IS_LOCAL: bool = false;
}

impl<T> NoExtractor for Probe<T> {}

impl Probe<PathBuf> {
    /// It is a file path.
    pub const NAMES_A_FILE: bool = true;
}

impl Probe<OsString> {
    /// It is often a file path.
    pub const NAMES_A_FILE: bool = true;
}

/// Reads the properties of an argument's type like [`Probe`], for [`ExtractAsync`].
#[derive(Debug)]
pub struct ProbeAsync<T>(PhantomData<T>);

impl<T: ExtractAsync> ProbeAsync<T> {
    /// The properties of the extractor.
    pub const KIND: ArgumentKind = ArgumentKind {
        mode: ASYNC,
        lacks: Lacks::Unknown,
        body: T::BODY,
        body_of_get: T::BODY,
        n_scopes: 0,
        names_scope: T::FACTS.may(Facts::SCOPE),
        params: &[],
    };
    /// The locals that it reads, and its facts.
    pub const KNOWN: ArgumentFacts = known_async::<T>();
}

impl<T> NoExtractor for ProbeAsync<T> {}

/// Reads the facts of a return type like [`Probe`], without an error if the type is not a response.
#[derive(Debug)]
pub struct ResponseProbe<T>(PhantomData<T>);

impl<T: IntoResponse> ResponseProbe<T> {
    /// The facts of the response.
    pub const RESPONSE: Facts = T::FACTS;

    /// The answers.
    pub const ANSWERS: Answers = T::ANSWERS;

    /// Returns the facts and the answers of the response. It is called when the routes are listed: the constants would
    /// cost compile time in every route.
    pub fn response() -> ResponseInfo {
        ResponseInfo {
            facts: T::FACTS,
            answers: &T::ANSWERS,
            stated: None,
        }
    }
}

impl<T> NoExtractor for ResponseProbe<T> {}

/// Returns the needs and the facts of an argument of a guard, a middleware or an observer. The probes have found them.
pub const fn known_argument(
    sync: ArgumentKind,
    known: ArgumentFacts,
    later: ArgumentFacts,
) -> ArgumentFacts {
    if sync.mode == NOT { later } else { known }
}

/// Reads whether a type can be a path parameter, like [`Probe`].
#[derive(Debug)]
pub struct ParamProbe<T>(PhantomData<T>);

impl<T: PathParam> ParamProbe<T> {
    /// It can.
    pub const PARSES: bool = true;
}

impl<T> NoExtractor for ParamProbe<T> {}

/// Reads whether a type is a local, like [`Probe`]. Only the error message depends on it.
#[derive(Debug)]
pub struct LocalProbe<T>(PhantomData<T>);

impl<T: LocalType> LocalProbe<T> {
    /// It is.
    pub const IS_LOCAL: bool = true;
}

impl<T> NoExtractor for LocalProbe<T> {}

/// The kind of extractor as a type. A constant as a generic argument would cost compile time for each argument.
#[derive(Debug)]
pub struct Mode<const MODE: u8>;

impl<const MODE: u8> Mode<MODE> {
    /// The kind of extractor: [`SYNC`], [`ASYNC`] or neither.
    pub const IS: u8 = MODE;
}

/// App state from which an argument can be extracted. Generated code has one such bound for each argument.
///
/// If the mode is that of a type which is not an extractor, every state implements it: that mistake is already
/// reported at the argument, and a second error would only repeat it.
pub trait Argument<'r, M, A>: Sized + Send + Sync + 'static {
    /// Whether the argument takes the body.
    const BODY: bool = false;
    /// The function that runs the extractor before the handler is called, if it is async.
    const PREPARE: Option<Prepare<Self>> = None;
    /// The function that opens the argument's scope around the handler, if it has one.
    const OPEN: Option<Open<Self>> = None;

    /// Extracts the argument.
    ///
    /// # Errors
    /// Returns the rejection of the extractor.
    fn extract(call: Call<'r, Self>) -> Result<A, Rejection>;

    /// Checks what depends on the head alone, before the body is read.
    ///
    /// # Errors
    /// Returns the rejection of the extractor.
    fn check_head(call: Call<'_, Self>) -> Result<(), Rejection> {
        let _ = call;
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
    const OPEN: Option<Open<Self>> = match A::OPENS {
        Some(_) => Some(open::<Self, A>),
        None => None,
    };

    fn extract(call: Call<'r, Self>) -> Result<A, Rejection> {
        A::extract(input(call, &call.buffered.body))
    }

    fn check_head(call: Call<'_, Self>) -> Result<(), Rejection> {
        A::check_head(input(call, &call.buffered.body))
    }
}

/// Returns the input of an extractor.
fn input<'r, S, T: 'static>(call: Call<'r, S>, body: &'r Bytes) -> Input<'r, T>
where
    S: Provide<T> + Send + Sync + 'static,
{
    Input {
        head: call.head,
        body,
        scopes: &call.buffered.scopes,
        locals: call.locals,
        state: call.scope.connection,
    }
}

/// Opens the scope of an argument. The body was read.
fn open<'a, 'r, S, A>(cx: &'a mut Context<'_>, call: Call<'a, S>, body: &'a Bytes) -> Opening<'a>
where
    S: Provide<A::State> + Send + Sync + 'static,
    A: Extract<'r>,
{
    match A::OPENS {
        Some(opens) => opens.open(cx, input(call, body)),
        None => Box::pin(ready(Err(Rejection::internal()))),
    }
}

impl<'r, S: Provide<A::State>, A: ExtractAsync> Argument<'r, Mode<ASYNC>, A> for S {
    const PREPARE: Option<Prepare<Self>> = Some(|cx, call, prepared| {
        Box::pin(async move {
            prepared.insert(A::extract(cx, input(call, &call.buffered.body)).await?);
            Ok(())
        })
    });

    fn extract(call: Call<'r, Self>) -> Result<A, Rejection> {
        call.buffered
            .prepared
            .take()
            .ok_or_else(Rejection::internal)
    }
}

/// Extracts an argument like [`Argument`], for guards and middleware, which can await an extractor themselves.
pub trait AsyncArgument<'r, M, A>: Argument<'r, M, A> {
    /// Extracts the argument.
    fn extract_async(
        cx: &mut Context<'_>,
        call: Call<'r, Self>,
    ) -> impl Future<Output = Result<A, Rejection>> + Send;
}

impl<'r, S: Send + Sync + 'static, A: Send> AsyncArgument<'r, Mode<NOT>, A> for S {
    fn extract_async(
        _: &mut Context<'_>,
        _: Call<'r, Self>,
    ) -> impl Future<Output = Result<A, Rejection>> + Send {
        ready(Err(Rejection::internal()))
    }
}

impl<'r, S: Provide<A::State>, A: Extract<'r> + Send> AsyncArgument<'r, Mode<SYNC>, A> for S {
    fn extract_async(
        _: &mut Context<'_>,
        call: Call<'r, Self>,
    ) -> impl Future<Output = Result<A, Rejection>> + Send {
        ready(<Self as Argument<'r, Mode<SYNC>, A>>::extract(call))
    }
}

impl<'r, S: Provide<A::State>, A: ExtractAsync> AsyncArgument<'r, Mode<ASYNC>, A> for S {
    fn extract_async(
        cx: &mut Context<'_>,
        call: Call<'r, Self>,
    ) -> impl Future<Output = Result<A, Rejection>> + Send {
        A::extract(cx, input(call, &call.buffered.body))
    }
}
