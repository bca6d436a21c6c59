//! The definition of a handler's route, as its attribute declares it.

use std::panic::Location;

use crate::routes::{
    part::PartInfo,
    pattern::Pattern,
    segment::{Methods, RouteOptions},
    slo::Slo,
};

/// The data of a handler's attribute.
///
/// It is made by one call, because each expression of a constant costs compile time.
#[derive(Debug, Clone, Copy)]
pub struct Definition {
    /// The methods of the route.
    pub(crate) methods: Methods,
    pub(crate) pattern: Pattern,
    /// The function's name with its module path.
    pub(crate) handler: &'static str,
    /// The function's name in its file. Two routes that a macro generates may share a line.
    pub(crate) place: &'static Location<'static>,
    /// The return type, then the name and the type of each argument, as written in the source and separated by NUL.
    /// [`CONTEXT`] is in front of the type of a context.
    pub(crate) signature: &'static str,
    /// The doc comment.
    pub(crate) doc: &'static str,
    /// The note of `#[deprecated]`.
    pub(crate) deprecated: Option<&'static str>,
    /// The guards and the middleware on the handler itself.
    pub(crate) with: &'static [PartInfo],
    /// The parameters that a prefix must provide.
    pub(crate) outer_params: &'static [&'static str],
    /// The options of the handler's attribute.
    pub(crate) options: RouteOptions,
    /// Whether the route is marked `public`.
    pub(crate) is_public: bool,
    /// The objectives.
    pub(crate) slo: Option<&'static Slo>,
}

impl Definition {
    /// The data of no route, in place of one that does not compile.
    pub(crate) const NONE: Self = Self::new(0, Pattern::EMPTY, "", "");

    /// Creates the data of a route. `methods` has one bit for each of [`STANDARD`](super::STANDARD).
    #[track_caller]
    pub const fn new(
        methods: u16,
        pattern: Pattern,
        handler: &'static str,
        signature: &'static str,
    ) -> Self {
        Self {
            methods: Methods::new(methods, &[]),
            pattern,
            handler,
            place: Location::caller(),
            signature,
            doc: "",
            deprecated: None,
            with: &[],
            outer_params: &[],
            options: RouteOptions::NONE,
            is_public: false,
            slo: None,
        }
    }

    /// Replaces the methods, for `#[any]` and for methods that are not standard.
    #[must_use]
    pub const fn methods(mut self, methods: Methods) -> Self {
        self.methods = methods;
        self
    }

    /// Sets the doc comment.
    #[must_use]
    pub const fn doc(mut self, doc: &'static str) -> Self {
        self.doc = doc;
        self
    }

    /// Sets the note of `#[deprecated]`, which may be empty.
    #[must_use]
    pub const fn deprecated(mut self, note: &'static str) -> Self {
        self.deprecated = Some(note);
        self
    }

    /// Sets the parts on the handler itself.
    #[must_use]
    pub const fn with(mut self, with: &'static [PartInfo]) -> Self {
        self.with = with;
        self
    }

    /// Sets the parameters that a prefix must provide.
    #[must_use]
    pub const fn outer_params(mut self, names: &'static [&'static str]) -> Self {
        self.outer_params = names;
        self
    }

    /// Sets the options.
    #[must_use]
    pub const fn options(mut self, options: RouteOptions) -> Self {
        self.options = options;
        self
    }

    /// Marks the route as `public`.
    #[must_use]
    pub const fn public(mut self) -> Self {
        self.is_public = true;
        self
    }

    /// Sets the objectives.
    #[must_use]
    pub const fn slo(mut self, slo: &'static Slo) -> Self {
        self.slo = Some(slo);
        self
    }

    /// Returns the return type, as written in the source.
    pub(crate) fn returns(&self) -> &'static str {
        self.signature.split('\0').next().unwrap_or_default()
    }

    /// Returns the arguments, as written in the source.
    pub(crate) fn arguments(&self) -> impl Iterator<Item = ArgumentInfo> + use<> {
        let mut words = self.signature.split('\0').skip(1);
        std::iter::from_fn(move || {
            let (name, ty) = (words.next()?, words.next()?);
            let (ty, is_context) = match ty.strip_prefix(CONTEXT) {
                Some(ty) => (ty, true),
                None => (ty, false),
            };
            Some(ArgumentInfo {
                name,
                ty,
                is_context,
            })
        })
    }

    /// Returns whether the handler takes the context.
    pub(crate) fn takes_context(&self) -> bool {
        self.arguments().any(|argument| argument.is_context)
    }

    /// Returns whether the handler takes the context, in constant evaluation.
    pub(super) const fn has_context(&self) -> bool {
        let (_, mut rest) = split_word(self.signature);
        while let Some(words) = rest {
            let (_, Some(after)) = split_word(words) else {
                return false;
            };
            let (ty, others) = split_word(after);
            if matches!(ty.as_bytes(), [byte, ..] if *byte == CONTEXT as u8) {
                return true;
            }
            rest = others;
        }
        false
    }

    /// Returns the name and the type of the source with this index, like [`sources`](Self::sources).
    pub(super) const fn source(&self, mut idx: usize) -> Option<(&'static str, &'static str)> {
        let (_, mut rest) = split_word(self.signature);
        while let Some(words) = rest {
            let (name, after) = split_word(words);
            let Some(after) = after else { return None };
            let (ty, others) = split_word(after);
            let is_context = matches!(ty.as_bytes(), [byte, ..] if *byte == CONTEXT as u8);
            if !is_context {
                if idx == 0 {
                    return Some((name, ty));
                }
                idx -= 1;
            }
            rest = others;
        }
        None
    }

    /// Returns the arguments that are made from the request, without the context, in the order of their sources.
    pub(crate) fn sources(&self) -> impl Iterator<Item = ArgumentInfo> + use<> {
        self.arguments().filter(|argument| !argument.is_context)
    }
}

/// Splits a signature after its first word.
const fn split_word(text: &'static str) -> (&'static str, Option<&'static str>) {
    let (bytes, mut i) = (text.as_bytes(), 0);
    while i < bytes.len() {
        if bytes[i] == 0 {
            let (word, rest) = text.split_at(i);
            return (word, Some(rest.split_at(1).1));
        }
        i += 1;
    }
    (text, None)
}

/// Marks the type of a context in a signature.
const CONTEXT: char = '\u{1}';

/// An argument of a handler, as written in the source.
///
/// [`Route::arguments`](crate::Route::arguments) returns the arguments of a route.
///
/// # Examples
/// ```
/// use highball::{ArgumentInfo, prelude::*};
///
/// #[get("/{id}")]
/// async fn show(id: u64) -> String {
///     format!("user {id}")
/// }
///
/// #[routes(app)]
/// struct Api(show);
///
/// # fn main() {
/// let arguments: Vec<ArgumentInfo> = Api::ROUTES[0].arguments().collect();
/// assert_eq!((arguments[0].name, arguments[0].ty), ("id", "u64"));
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct ArgumentInfo {
    /// The name of the argument, or empty if it is a pattern.
    pub name: &'static str,
    /// The type of the argument.
    pub ty: &'static str,
    /// Whether it is the context of the request.
    is_context: bool,
}

impl ArgumentInfo {
    /// Returns whether it is the context, through which the handler can set the status.
    pub(super) fn is_mut_context(&self) -> bool {
        self.is_context && self.ty.starts_with("&mut")
    }
}
