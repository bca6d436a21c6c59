//! What the compiler knows of a guard or a middleware: what it needs and what it hands on.

use std::marker::PhantomData;

use crate::{
    const_text::Text,
    response::{IntoResponse, Response},
    routes::{LocalId, LocalType, PartInfo, PassedLocals},
};

/// Something that `with(..)` may name. `#[guard]` and `#[middleware]` implement it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither a guard nor a middleware",
    label = "named in an order, but it never stands in a chain",
    note = "put `#[guard]` or `#[middleware]` on the function or its impl block, or leave it out"
)]
pub trait ChainPart {
    /// The name with its module path; apart from the rest, which may name other parts.
    const NAME: &'static str;
    /// What is known of it.
    const PART: PartInfo;
    /// 1 for what wraps the rest, 2 for an observer.
    const KIND: u8 = 1;
}

/// A part at the place where it stands: itself, or with the configuration that stands there.
pub trait ConfiguredPart: Send + Sync + 'static {
    /// The guard or the middleware.
    type Part: 'static;

    /// Returns it.
    fn part() -> &'static Self::Part;
}

/// Answers what is known of a type in `with(..)`, without an error where it is no part.
///
/// As with an extractor's probe, the inherent constants win where their bounds hold: so the one
/// error comes from [`assert_part`].
#[derive(Debug)]
pub struct PartProbe<T>(PhantomData<T>);

impl<T: ChainPart> PartProbe<T> {
    /// Its kind, or 0 where it is no part.
    pub const IS: u8 = T::KIND;
    /// What is known of it.
    pub const PART: PartInfo = T::PART;
}

/// As [`PartProbe`], for [`ConfiguredPart`].
#[derive(Debug)]
pub struct ConfiguredPartProbe<T>(PhantomData<T>);

impl<T: ConfiguredPart> ConfiguredPartProbe<T> {
    /// Whether it can stand without configuration: 1 or 0.
    pub const IS: u8 = 1;
}

/// Whether requests can share a type: where they cannot, the static that would hold it is the error.
#[derive(Debug)]
pub struct SharedProbe<T>(PhantomData<T>);

impl<T: Send + Sync> SharedProbe<T> {
    /// Whether they can: 1 or 0.
    pub const IS: u8 = 1;
}

/// What is known of a type that is no part, or none without configuration.
pub trait NoPart {
    /// Whether it is one.
    const IS: u8 = 0;
    /// What is known of it.
    const PART: PartInfo = PartInfo::NONE;
}

impl<T> NoPart for PartProbe<T> {}
impl<T> NoPart for ConfiguredPartProbe<T> {}
impl<T> NoPart for SharedProbe<T> {}

type ErrorText = Text<1024>;

/// Stops the compilation where something cannot stand in `with(..)`.
#[track_caller]
pub const fn assert_part(shown: &str, is_part: u8, is_site: u8) {
    let text = ErrorText::EMPTY.with("`").with(shown);
    if is_part == 0 {
        let text =
            text.with("` is neither a guard nor a middleware: put `#[guard]`, `#[middleware]` or `#[observer]` on the function or its impl block, or leave it out");
        panic!("{}", text.as_str())
    }
    if is_site == 0 {
        let text = text.with("` is configured where it stands: write `");
        panic!(
            "{}",
            text.with(shown).with("(..)` with its values").as_str()
        )
    }
}

/// Stops the compilation where something cannot run beside others.
#[track_caller]
pub const fn assert_parallel(shown: &str, part: &PartInfo) {
    if !part.shares && !part.name.is_empty() {
        let text = ErrorText::EMPTY.with("`").with(shown);
        let text = text.with("` cannot run beside others: `parallel(..)` takes guards, which share the context; take it out, or make it a `#[guard]` with `&Context<'_>` and extractors that do not wait");
        panic!("{}", text.as_str())
    }
}

/// Stops the compilation where what should decide a `when(..)` is no guard.
#[track_caller]
pub const fn assert_condition(shown: &str, part: &PartInfo) {
    if !part.shares && !part.name.is_empty() {
        let text = ErrorText::EMPTY.with("`").with(shown);
        let text = text.with("` cannot decide a `when(..)`: name a guard with `&Context<'_>` and extractors that do not wait, or write a closure, `|cx| ..`");
        panic!("{}", text.as_str())
    }
}

/// Stops the compilation where an observer asks for what is gone when it runs.
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

/// A configured value that is given to each request.
#[diagnostic::on_unimplemented(
    message = "each request gets its own `{Self}`, but it is not `Copy`",
    label = "kept where the part stands, and shared by all requests",
    note = "write `#[config] name: &{Self}` to have it lent"
)]
pub trait CopyConfig: Copy {}

impl<T: Copy> CopyConfig for T {}

/// Gives a configured value to a request.
pub fn copy_config<T: CopyConfig>(value: &T) -> T {
    *value
}

/// What a guard returns: the value that it provides, or nothing, or the answer in its place.
#[diagnostic::on_unimplemented(
    message = "a guard cannot return a `{Self}`",
    label = "neither a `Result` of a local, nor a local",
    note = "return `Result<T, E>`, where `T` is a local or `()` and `E` a response, or the local itself"
)]
pub trait GuardOutput<T> {
    /// Opens it.
    ///
    /// # Errors
    /// The answer of a guard that refuses.
    #[allow(clippy::result_large_err, reason = "a box would be an allocation")]
    fn open(self) -> Result<T, Response>;
}

impl<T, E: IntoResponse> GuardOutput<T> for Result<T, E> {
    fn open(self) -> Result<T, Response> {
        self.map_err(IntoResponse::into_response)
    }
}

impl<T: LocalType> GuardOutput<T> for T {
    fn open(self) -> Result<T, Response> {
        Ok(self)
    }
}

/// Answers what is known of a type that is handed on, without an error where it is no local.
#[derive(Debug)]
pub struct PassedLocalsProbe<T>(PhantomData<T>);

impl<T: PassedLocals> PassedLocalsProbe<T> {
    /// Whether it may be handed on.
    pub const IS: bool = true;
    /// Which locals that is.
    pub const IDS: &'static [LocalId] = T::IDS;
}

/// What is known of a type that is no local.
pub trait NoLocal {
    /// Whether it may be handed on.
    const IS: bool = false;
    /// Which locals that is.
    const IDS: &'static [LocalId] = &[];
}

impl<T> NoLocal for PassedLocalsProbe<T> {}

/// Stops the compilation where what is handed on is no local.
#[track_caller]
pub const fn assert_passed(shown: &str, is_handed: bool) {
    if !is_handed {
        let text = ErrorText::EMPTY.with("`").with(shown);
        let text = text.with("` cannot travel along the chain: put `#[derive(Local)]` on it, or wrap it in a type of your own that has it");
        panic!("{}", text.as_str())
    }
}
