//! The description of a guard, a middleware or an observer, which generated code provides.

use std::marker::PhantomData;

use crate::{
    const_text::ErrorText,
    response::{IntoResponse, Response},
    routes::{
        Answers, ArgumentFacts, FactList, Facts, Inputs, LocalId, LocalType, PartInfo, PassedLocals,
    },
};

/// A part of a chain, which `with(..)` can name. `#[guard]`, `#[middleware]` and `#[observer]` implement it.
pub trait ChainPart {
    /// The name with its module path. It is apart from [`PART`](Self::PART), which may name other parts.
    const NAME: &'static str;
    /// The needs and the facts of its arguments.
    const ARGUMENTS: &'static [ArgumentFacts] = &[];
    /// The facts of its code.
    const FACTS: Facts = Facts::NONE;
    /// The parts of a request that its code reads through the context.
    const INPUTS: Inputs = Inputs::NONE;
    /// The answers of its code.
    const ANSWERS: Answers = Answers::OPAQUE;
    /// The description of the part.
    const PART: PartInfo;
    /// 1 for what wraps the rest, 2 for an observer.
    const KIND: u8 = 1;
}

/// A part as one `with(..)` configures it.
pub trait ConfiguredPart: Send + Sync + 'static {
    /// The guard, the middleware or the observer.
    type Part: 'static;

    /// Returns the part with its configuration.
    fn part() -> &'static Self::Part;
}

/// An option of routes where it is written.
pub trait OptionSite: 'static {
    /// The guard or the middleware.
    type Part: 'static;
    /// Its value.
    const VALUE: &'static Self::Part;
}

/// A part with facts that depend on its value. `#[middleware(value_facts = ..)]` implements it.
pub trait ValueFacts<W> {
    /// The facts of the value at this site.
    const LIST: FactList;
}

/// Reads the facts of a value. Without an impl of [`ValueFacts`] there are none.
#[derive(Debug)]
pub struct ValueFactsProbe<T>(PhantomData<T>);

impl<T: ValueFacts<W>, W> ValueFactsProbe<(T, W)> {
    /// The facts.
    pub const LIST: FactList = T::LIST;
}

/// Reads the properties of a type in `with(..)`, without an error if it is not a part.
///
/// As in [`Probe`](super::Probe), the compiler prefers the inherent constants if their bounds hold. So the only error
/// is that of [`part_mode`].
#[derive(Debug)]
pub struct PartProbe<T>(PhantomData<T>);

impl<T: ChainPart> PartProbe<(T,)> {
    /// The kind of part, or 0 if it is not one.
    pub const IS: u8 = T::KIND;
    /// The name of the part.
    pub const NAME: &'static str = T::NAME;
    /// The description of the part.
    pub const PART: PartInfo = T::PART;
}

/// Reads the properties of a type like [`PartProbe`], for [`ConfiguredPart`].
#[derive(Debug)]
pub struct ConfiguredPartProbe<T>(PhantomData<T>);

impl<T: ConfiguredPart> ConfiguredPartProbe<T> {
    /// Whether it can be named without configuration: 1 or 0.
    pub const IS: u8 = 1;
}

/// Reads whether requests can share a type. If they cannot, the error is at the static that would have it.
#[derive(Debug)]
pub struct SharedProbe<T>(PhantomData<T>);

impl<T: Send + Sync> SharedProbe<T> {
    /// Whether they can share it: 1 or 0.
    pub const IS: u8 = 1;
}

/// The properties of a type that is not a part, or not one without configuration.
pub trait NoPart {
    /// Whether it is a part: 0 means no.
    const IS: u8 = 0;
    /// The name of the part.
    const NAME: &'static str = "";
    /// The description of the part.
    const PART: PartInfo = PartInfo::BROKEN;
    /// The facts of its value.
    const LIST: FactList = FactList::NONE;
}

impl<T> NoPart for PartProbe<T> {}
impl<T> NoPart for ConfiguredPartProbe<T> {}
impl<T> NoPart for SharedProbe<T> {}
impl<T> NoPart for ValueFactsProbe<T> {}

/// Returns the kind of a part. Fails to compile if the type cannot be named in `with(..)`.
#[track_caller]
pub const fn part_mode(shown: &str, is_part: u8, is_site: u8) -> u8 {
    let text = ErrorText::EMPTY.with("`").with(shown);
    if is_part == 0 {
        let text =
            text.with("` is neither a guard nor a middleware: put `#[guard]`, `#[middleware]` or `#[observer]` on the function or its impl block, or leave it out");
        panic!("{}", text.as_str())
    }
    if is_site == 0 {
        let text = text.with("` is configured where it is listed: write `");
        panic!(
            "{}",
            text.with(shown).with("(..)` with its values").as_str()
        )
    }
    is_part
}

/// Fails to compile if a type that `after(..)` or `before(..)` names is not a part.
#[track_caller]
pub const fn assert_ordered(shown: &str, is_part: u8) {
    if is_part == 0 {
        let text = ErrorText::EMPTY.with("`").with(shown);
        let text = text.with("` has no place in an order, because it is neither a guard nor a middleware: leave it out, or put `#[guard]` or `#[middleware]` on the function or its impl block");
        panic!("{}", text.as_str())
    }
}

/// Returns the kind of a part. Fails to compile if a type that is named like a tower layer is not a part.
#[track_caller]
pub const fn no_layer_mode(shown: &str, value: &str, is_part: u8) -> u8 {
    if is_part == 0 {
        let text = ErrorText::EMPTY.with("`").with(shown);
        let text = text
            .with("` is neither a guard nor a middleware: if it is a tower layer, write `layer(")
            .with(value);
        panic!("{}", text.with(")`").as_str())
    }
    is_part
}

/// Returns 1 for a part of this kind that can run in parallel with others, or 0 if a `#[cfg]` leaves it out. Fails to
/// compile if it cannot.
#[track_caller]
pub const fn parallel_mode(shown: &str, kind: u8, part: &PartInfo) -> u8 {
    if !part.shares && !part.name.is_empty() {
        let text = ErrorText::EMPTY.with("`").with(shown);
        let text = text.with("` cannot run in parallel with others: `parallel(..)` takes guards, which share the context; take it out, or make it a `#[guard]` with `&Context<'_>` and extractors that do not wait");
        panic!("{}", text.as_str())
    }
    part.shares as u8 * kind
}

/// Returns 1 for the condition of a `when(..)`, or 0 if a `#[cfg]` leaves it out. Fails to compile if it is not a
/// guard.
#[track_caller]
pub const fn condition_mode(shown: &str, kind: u8, part: &PartInfo) -> u8 {
    if !part.shares && !part.name.is_empty() {
        let text = ErrorText::EMPTY.with("`").with(shown);
        let text = text.with("` cannot decide a `when(..)`: name a guard with `&Context<'_>` and extractors that do not wait, or write a closure, `|cx| ..`");
        panic!("{}", text.as_str())
    }
    part.shares as u8 * kind
}

/// Fails to compile if an observer takes an argument that no longer exists when it runs.
#[track_caller]
pub const fn assert_observer(shown: &str, mode: u8, needs: &[LocalId]) {
    let text = ErrorText::EMPTY.with("`").with(shown);
    if !needs.is_empty() {
        let text = text.with("` is gone when observers run: note what they need with `cx.note(..)`, and read it from `exchange.notes()`");
        panic!("{}", text.as_str())
    }
    if mode == crate::chain::argument::ASYNC {
        let text = text.with("` has to wait, and an observer does not: take what is at hand");
        panic!("{}", text.as_str())
    }
}

/// A configured value that is copied for each request.
#[diagnostic::on_unimplemented(
    message = "each request gets its own `{Self}`, but it is not `Copy`",
    label = "kept where the part is listed, and shared by all requests",
    note = "write `#[config] name: &{Self}` to have it lent"
)]
pub trait CopyConfig: Copy {}

impl<T: Copy> CopyConfig for T {}

/// Copies a configured value for a request.
pub fn copy_config<T: CopyConfig>(value: &T) -> T {
    *value
}

/// The return type of a guard: a local, or a `Result` of a local or `()`.
///
/// An error is the response to the request: anything that implements
/// [`IntoResponse`](trait@crate::IntoResponse).
///
/// # Examples
/// ```
/// use highball::{Response, __private::GuardOutput, http::StatusCode};
///
/// /// Takes any return type of a guard that provides `T`.
/// fn allows<T>(output: impl GuardOutput<T>) -> bool {
///     let outcome: Result<T, Response> = output.into_result();
///     outcome.is_ok()
/// }
///
/// assert!(allows(Ok::<(), StatusCode>(())));
/// assert!(!allows(Err::<(), _>(StatusCode::FORBIDDEN)));
/// ```
#[diagnostic::on_unimplemented(
    message = "a guard cannot return a `{Self}`",
    label = "neither a `Result` of a local, nor a local",
    note = "return `Result<T, E>`, where `T` is a local or `()` and `E` a response, or the local itself"
)]
pub trait GuardOutput<T> {
    /// Returns the value that the guard provides.
    ///
    /// # Errors
    /// Returns the response of a guard that rejects the request.
    #[allow(clippy::result_large_err, reason = "a box would be an allocation")]
    fn into_result(self) -> Result<T, Response>;
}

impl<T, E: IntoResponse> GuardOutput<T> for Result<T, E> {
    fn into_result(self) -> Result<T, Response> {
        self.map_err(IntoResponse::into_response)
    }
}

impl<T: LocalType> GuardOutput<T> for T {
    fn into_result(self) -> Result<T, Response> {
        Ok(self)
    }
}

/// Reads the answers of a guard from its return type.
#[derive(Debug)]
pub struct GuardProbe<T>(PhantomData<T>);

impl<T, E: IntoResponse> GuardProbe<Result<T, E>> {
    /// The responses of a guard that rejects the request.
    pub const ANSWERS: Answers = E::ANSWERS;
}

/// The answers of a guard that returns a local.
pub trait NoAnswers {
    /// It rejects no request.
    const ANSWERS: Answers = Answers::NONE;
}

impl<T> NoAnswers for GuardProbe<T> {}

/// Reads the properties of a type that is passed along the chain, without an error if it is not a local.
#[derive(Debug)]
pub struct PassedLocalsProbe<T>(PhantomData<T>);

impl<T: PassedLocals> PassedLocalsProbe<T> {
    /// Whether it may be passed along the chain.
    pub const IS: bool = true;
    /// The ids of its locals.
    pub const IDS: &'static [LocalId] = T::IDS;
}

/// The properties of a type that is not a local.
pub trait NoLocal {
    /// Whether it may be passed along the chain.
    const IS: bool = false;
    /// The ids of its locals.
    const IDS: &'static [LocalId] = &[];
}

impl<T> NoLocal for PassedLocalsProbe<T> {}

/// Fails to compile if a type that is passed along the chain is not a local.
#[track_caller]
pub const fn assert_passed(shown: &str, is_handed: bool) {
    if !is_handed {
        let text = ErrorText::EMPTY.with("`").with(shown);
        let text = text.with("` cannot travel along the chain: put `#[derive(Local)]` on it, or wrap it in a type of your own that has it");
        panic!("{}", text.as_str())
    }
}
