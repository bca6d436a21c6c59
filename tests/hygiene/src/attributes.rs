//! Attributes above, below and inside of items with attributes of Highball.

#![allow(dead_code)]

use highball::{Context, Exchange, IntoResponse, Local, Next, Path, PathFields, Response, State};
use highball::{fallback, get, guard, middleware, observer, post, routes};

/// A local.
#[allow(missing_debug_implementations)]
#[derive(Local)]
#[cfg_attr(not(miri), derive(Debug))]
#[must_use]
pub struct User(#[allow(dead_code)] pub u64);

/// A deprecated type.
#[deprecated]
#[derive(Debug, Clone, Copy)]
pub struct Old(pub u64);

/// The state.
#[derive(Debug, Clone, State)]
#[cfg_attr(not(miri), allow(dead_code))]
pub struct AppState {
    /// A number.
    #[cfg(not(miri))]
    pub limit: u64,
    /// No field.
    #[cfg(any())]
    pub other: Missing,
    /// A deprecated field.
    #[allow(deprecated)]
    #[deprecated]
    pub old: Old,
}

/// Parameters.
#[derive(Debug, PathFields)]
pub struct Fields {
    /// A number.
    #[cfg(not(miri))]
    #[allow(dead_code)]
    pub id: u64,
    /// None.
    #[cfg(any())]
    pub name: Missing,
    /// A deprecated field.
    #[deprecated]
    pub old: u64,
}

/// An error.
#[derive(Debug, IntoResponse)]
#[non_exhaustive]
pub enum Problem {
    /// A variant.
    #[doc(alias = "over")]
    #[status(409, "{id} is over")]
    #[deprecated]
    Over {
        /// A field.
        #[deprecated]
        id: u64,
        /// No field.
        #[cfg(any())]
        name: Missing,
    },
    /// No variant.
    #[cfg(any())]
    #[status(410)]
    Gone,
    /// Another.
    #[cfg_attr(not(miri), status(411))]
    Other,
}

/// A guard.
#[doc(alias = "guard")]
#[allow(clippy::unused_async)]
#[guard]
#[must_use]
#[inline]
#[deprecated = "write another"]
pub async fn signed_in(#[allow(unused_variables)] limit: State<u64>) -> Result<User, Problem> {
    Ok(User(1))
}

/// A guard with a deprecated type.
#[allow(deprecated)]
#[guard]
#[allow(deprecated)]
pub fn at_most(
    #[config] limit: Old,
    #[cfg(not(miri))] user: Local<'_, User>,
    #[cfg(any())] user: Missing,
) -> Result<(), Problem> {
    match user.0 > limit.0 {
        true => Err(Problem::Over { id: limit.0 }),
        false => Ok(()),
    }
}

/// A middleware.
#[middleware]
#[cfg_attr(not(miri), doc = "More.")]
#[cfg(not(miri))]
#[cold]
pub async fn timed(
    cx: &mut Context<'_>,
    #[allow(unused_mut)] mut next: impl Next,
    #[allow(unused_variables)] State(limit): State<u64>,
) -> Response {
    #![allow(clippy::let_and_return)]
    let response = next.run(cx).await;
    response
}

/// A middleware that does not exist.
#[middleware]
#[cfg(any())]
pub async fn timed(cx: &mut Context<'_>, next: Missing) -> Response {
    missing
}

/// An observer.
#[observer]
#[doc(hidden)]
pub fn counted(exchange: &Exchange<'_>) {
    //! An inner comment.
    let _ = exchange.status();
}

/// A guard as a value.
#[derive(Debug)]
pub struct Key(pub u8);

/// Constants of a part, with the names that generated code uses.
#[cfg(not(miri))]
impl Key {
    /// A number.
    pub const NAME: u8 = 1;
    /// A number.
    pub const FACTS: u8 = 2;
    /// A number.
    pub const ARGUMENTS: u8 = 3;
    /// A number.
    pub const PART: u8 = 4;
}

#[guard]
#[cfg(not(miri))]
#[allow(clippy::unnecessary_wraps)]
impl Key {
    /// A method.
    #[inline]
    #[cfg(not(miri))]
    #[allow(deprecated)]
    #[deprecated]
    fn check(
        &self,
        #[allow(unused_variables)] cx: &Context<'_>,
        #[allow(unused_variables)] State(limit): State<u64>,
    ) -> Result<(), Problem> {
        #![allow(clippy::let_unit_value)]
        Ok(())
    }
}

/// A handler.
#[cfg_attr(not(miri), get("/conditional/{id}", with(signed_in, timed)))]
#[allow(unused_variables)]
#[expect(unused_mut)]
pub async fn conditional(mut id: u64) -> &'static str {
    "conditional"
}

/// A handler.
///
/// Its documentation has lines, `code` and "quotes".
#[doc = concat!("And ", "macros.")]
#[get("/plain/{id}")]
#[deprecated(since = "1.0.0", note = "none")]
#[must_use = "it is not"]
#[allow(deprecated)]
pub async fn plain(
    #[allow(unused_variables)] id: u64,
    #[expect(unused_variables)] State(limit): State<u64>,
    #[allow(deprecated)] old: State<Old>,
    #[cfg(not(miri))] State(second): State<u64>,
    #[cfg(any())] second: Missing,
) -> String {
    #![allow(clippy::uninlined_format_args)]
    //! Its inner documentation.
    format!("{} {}", second, old.0)
}

/// A handler in one of two forms.
#[cfg(not(miri))]
#[get("/forms")]
pub async fn forms() -> &'static str {
    "all"
}

/// Another form.
#[cfg(any())]
#[get("/forms")]
pub async fn forms() -> Missing {
    missing
}

/// A form below the attribute.
#[get("/below")]
#[cfg(not(miri))]
pub async fn below() -> &'static str {
    "below"
}

/// Another form.
#[get("/below", with(missing))]
#[cfg(any())]
pub async fn below() -> Missing {
    missing
}

/// A form by `cfg_attr`.
#[get("/removed")]
#[cfg_attr(not(miri), cfg(any()))]
pub async fn removed() -> Missing {
    missing
}

/// A handler with path fields.
#[post("/fields/{id}/{old}")]
#[allow(deprecated)]
pub async fn fields(#[allow(unused_variables)] Path(Fields { id, old }): Path<Fields>) -> String {
    format!("{id}")
}

/// A handler behind an attribute macro that leaves the function as it is.
#[get("/under")]
#[::core::prelude::v1::test_case]
#[cfg(any())]
pub async fn under() -> &'static str {
    "under"
}

/// A fallback.
#[fallback]
#[deprecated]
#[cfg(not(miri))]
pub async fn nothing(#[allow(unused_variables)] cx: &Context<'_>) -> Response {
    cx.text(404, "nothing")
}

#[allow(missing_docs)]
#[routes("/mod")]
pub mod module {
    //! A module with inner documentation and attributes.
    #![allow(dead_code)]
    #![allow(clippy::missing_errors_doc)]

    use highball::{get, routes};

    #[cfg(not(miri))]
    #[get("/")]
    pub async fn index() -> &'static str {
        "module"
    }

    #[cfg(any())]
    #[get("/")]
    pub async fn index() -> Missing {
        missing
    }

    #[get("/other")]
    #[cfg(any())]
    pub async fn other() -> Missing {
        missing
    }

    /// An inner module.
    #[routes("/inner")]
    #[cfg(not(miri))]
    pub mod inner {
        //! Documented.
        /// A route.
        #[highball::get("/")]
        #[deprecated]
        pub async fn index() -> &'static str {
            "inner"
        }
    }

    #[routes("/inner")]
    #[cfg(any())]
    pub mod inner {}
}

/// A service.
#[derive(Debug)]
pub struct Service;

#[routes("/service")]
#[allow(clippy::unused_self, deprecated)]
#[cfg(not(miri))]
impl Service {
    #![allow(clippy::needless_pass_by_value)]

    /// A method.
    #[get("/{id}")]
    #[deprecated]
    #[inline]
    fn show(
        #[allow(unused_variables)] id: u64,
        #[allow(unused_variables)] State(limit): State<u64>,
    ) -> &'static str {
        #![allow(clippy::let_and_return)]
        let text = "service";
        text
    }

    /// No method.
    #[get("/{id}/no")]
    #[cfg(any())]
    fn no(id: Missing) -> &'static str {
        missing
    }

    /// A plain function.
    #[allow(dead_code)]
    #[must_use]
    fn other() -> Self {
        Self
    }
}

/// A group with a condition.
#[routes("/gone")]
#[cfg(any())]
pub struct Gone(missing);

/// The app.
#[routes(app, fallback = nothing, with(when(cfg!(any()), timed), counted, Key(1)))]
#[derive(PartialEq, Eq)]
#[cfg_attr(not(miri), derive(Debug, Hash))]
#[non_exhaustive]
pub struct Api(
    /// A comment.
    conditional,
    #[allow(deprecated)]
    #[cfg(not(miri))]
    plain,
    forms,
    below,
    #[cfg(any())] removed,
    #[cfg(any())] Gone,
    // A comment.
    #[cfg(not(miri))]
    #[prefix("/again")]
    #[with(timed, signed_in, at_most(Old(7)))]
    fields,
    module::Routes,
    Service,
);
