//! Inputs: the parts of a request that a type reads, as a constant.

use std::any::type_name;

#[cfg(feature = "headers")]
use http::HeaderName;
use serde::de::DeserializeOwned;

use crate::routes::query_names::field_names;

/// The parts of a request that an extractor reads, for documents and typed clients.
///
/// State it for your own extractors, `const INPUTS` of [`Extract`](crate::Extract). For one that states nothing, a
/// document has the headers that are [named facts](crate::extract::Fact::header), as optional ones.
///
/// # Examples
/// ```
/// use highball::{describe::{InputKind, Inputs}, prelude::*};
///
/// struct Tenant(String);
///
/// impl<'r> Extract<'r> for Tenant {
///     type State = ();
///     const INPUTS: Inputs = Inputs::header("x-tenant");
///
///     fn extract(input: Input<'r>) -> Result<Self, Rejection> {
///         let value = input.headers().get("x-tenant").and_then(|value| value.to_str().ok());
///         let missing = || Rejection::new(StatusCode::BAD_REQUEST, "the header `x-tenant` is missing");
///         value.map(|value| Tenant(value.to_owned())).ok_or_else(missing)
///     }
/// }
///
/// #[get("/invoices")]
/// async fn invoices(tenant: Tenant) -> String {
///     tenant.0
/// }
///
/// #[routes(app)]
/// struct Api(invoices);
///
/// # fn main() {
/// let inputs = Api::ROUTES[0].inputs();
/// assert!(matches!(inputs[0].kind, InputKind::Header("x-tenant")) && inputs[0].is_required);
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Inputs(Tree);

#[derive(Debug, Clone, Copy)]
enum Tree {
    /// Nothing is stated, except for the facts.
    Unknown,
    Nothing,
    One(InputKind),
    /// The path parameters with these names and types. Without names they are the last ones.
    Params(&'static [&'static str], &'static [fn() -> &'static str]),
    /// A header whose name only a function returns.
    #[cfg(feature = "headers")]
    Named(fn() -> &'static HeaderName),
    Both(&'static Inputs, &'static Inputs),
    /// One of the two.
    Either(&'static Inputs, &'static Inputs),
    /// One of these, each of which is a body.
    Bodies(&'static [Inputs]),
    Maybe(&'static Inputs),
    /// The inputs of a GET or HEAD, and those of other methods.
    ByMethod(&'static Inputs, &'static Inputs),
}

/// A kind of input.
///
/// # Examples
/// ```
/// use highball::{describe::InputKind, prelude::*};
///
/// #[post("/users/{id}")]
/// async fn change(id: u64, name: String) {}
///
/// #[routes(app)]
/// struct Api(change);
///
/// # fn main() {
/// let inputs = Api::ROUTES[0].inputs();
/// assert!(matches!(inputs[0].kind, InputKind::Param { name: "id", ty } if ty() == "u64"));
/// assert!(matches!(inputs[1].kind, InputKind::Body { media_type: "text/plain", .. }));
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum InputKind {
    /// A path parameter.
    Param {
        /// Its name.
        name: &'static str,
        /// Returns the Rust type.
        ty: fn() -> &'static str,
    },
    /// The query, whose parameters are the fields of a type.
    Query {
        /// Returns the Rust type.
        ty: fn() -> &'static str,
        /// Returns the names of the fields, with their aliases. `None` if any name may matter: if the type is a map,
        /// has flattened fields, or rejects unknown names.
        names: fn() -> Option<&'static [&'static str]>,
    },
    /// A single parameter of the query.
    QueryParam {
        /// Its name.
        name: &'static str,
        /// Returns the Rust type.
        ty: fn() -> &'static str,
    },
    /// A header, in lower case.
    Header(&'static str),
    /// A cookie.
    Cookie(&'static str),
    /// The body.
    Body {
        /// The media type, `*/*` for any.
        media_type: &'static str,
        /// Returns the Rust type, if the body has a schema.
        ty: Option<fn() -> &'static str>,
    },
    /// Credentials.
    Login(Login),
}

/// A way to send credentials, as a security scheme of OpenAPI.
///
/// # Examples
/// ```
/// use highball::{describe::{InputKind, Login}, prelude::*};
///
/// #[get("/me")]
/// async fn me(token: Bearer) {}
///
/// #[routes(app)]
/// struct Api(me);
///
/// # fn main() {
/// assert!(matches!(Api::ROUTES[0].inputs()[0].kind, InputKind::Login(Login::Bearer { .. })));
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Login {
    /// `Authorization: Basic`.
    Basic,
    /// `Authorization: Bearer`.
    Bearer {
        /// The format of the token, such as `JWT`, or empty.
        format: &'static str,
    },
    /// A key in a header of this name.
    Header(&'static str),
    /// A cookie of this name.
    Cookie(&'static str),
}

/// One input of a route.
///
/// # Examples
/// ```
/// use highball::{describe::InputInfo, prelude::*};
///
/// #[get("/me")]
/// async fn me(token: Option<Bearer>) {}
///
/// #[routes(app)]
/// struct Api(me);
///
/// # fn main() {
/// let inputs: Vec<InputInfo> = Api::ROUTES[0].inputs();
/// assert!(!inputs[0].is_required);
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct InputInfo {
    /// The kind.
    pub kind: InputKind,
    /// Whether the route rejects a request without it.
    pub is_required: bool,
}

impl Inputs {
    /// It needs nothing of the request that a client sends on purpose.
    pub const NONE: Self = Self(Tree::Nothing);

    /// Nothing is stated. A document has the headers of the facts.
    pub const OPAQUE: Self = Self(Tree::Unknown);

    /// Returns a single input.
    pub const fn one(kind: InputKind) -> Self {
        Self(Tree::One(kind))
    }

    /// Returns a required header. The name is in lower case.
    pub const fn header(name: &'static str) -> Self {
        Self::one(InputKind::Header(name))
    }

    /// Returns a required header of this name.
    #[cfg(feature = "headers")]
    pub(crate) const fn typed_header(name: fn() -> &'static HeaderName) -> Self {
        Self(Tree::Named(name))
    }

    /// Returns a required cookie.
    pub const fn cookie(name: &'static str) -> Self {
        Self::one(InputKind::Cookie(name))
    }

    /// Returns required credentials.
    pub const fn login(login: Login) -> Self {
        Self::one(InputKind::Login(login))
    }

    /// Returns the query, whose parameters are the fields of `T`.
    pub const fn query<T: DeserializeOwned>() -> Self {
        Self::one(InputKind::Query {
            ty: type_name::<T>,
            names: field_names::<T>,
        })
    }

    /// Returns a single parameter of the query, whose value is a `T`. It is required.
    pub const fn query_param<T: ?Sized>(name: &'static str) -> Self {
        Self::one(InputKind::QueryParam {
            name,
            ty: type_name::<T>,
        })
    }

    /// Returns a body that is a `T` in this format, such as `application/json`.
    pub const fn body<T: ?Sized>(media_type: &'static str) -> Self {
        Self::one(InputKind::Body {
            media_type,
            ty: Some(type_name::<T>),
        })
    }

    /// Returns a body of this media type, or of any for `*/*`.
    pub const fn raw_body(media_type: &'static str) -> Self {
        Self::one(InputKind::Body {
            media_type,
            ty: None,
        })
    }

    /// Returns the path parameters with these names and types, or the last ones if there are no names.
    pub(crate) const fn params(
        names: &'static [&'static str],
        types: &'static [fn() -> &'static str],
    ) -> Self {
        Self(Tree::Params(names, types))
    }

    /// Returns the inputs of something that needs both.
    pub const fn both(first: &'static Self, second: &'static Self) -> Self {
        Self(Tree::Both(first, second))
    }

    /// Returns the inputs of something that needs one of the two.
    pub const fn either(first: &'static Self, second: &'static Self) -> Self {
        Self(Tree::Either(first, second))
    }

    /// Returns the inputs of a body in one of several formats.
    pub(crate) const fn any(bodies: &'static [Self]) -> Self {
        Self(Tree::Bodies(bodies))
    }

    /// Returns the inputs of something that does without them.
    pub const fn maybe(inputs: &'static Self) -> Self {
        Self(Tree::Maybe(inputs))
    }

    /// Returns the inputs of something that reads other parts of a GET or HEAD than of other requests.
    pub(crate) const fn by_method(of_get: &'static Self, of_others: &'static Self) -> Self {
        Self(Tree::ByMethod(of_get, of_others))
    }

    /// Returns whether the inputs are not stated.
    pub(super) const fn is_opaque(&self) -> bool {
        matches!(self.0, Tree::Unknown)
    }

    /// Adds the inputs to a list.
    pub(super) fn add_to(&self, list: &mut Vec<InputInfo>, site: &Site<'_>, is_required: bool) {
        match self.0 {
            Tree::Unknown | Tree::Nothing => {}
            Tree::One(kind) => list.push(InputInfo { kind, is_required }),
            #[cfg(feature = "headers")]
            Tree::Named(name) => list.push(InputInfo {
                kind: InputKind::Header(name().as_str()),
                is_required,
            }),
            Tree::Params(names, types) => {
                let names = site.param_names(names, types.len());
                let params = names.iter().zip(types);
                list.extend(params.map(|(name, ty)| InputInfo {
                    kind: InputKind::Param { name, ty: *ty },
                    is_required,
                }));
            }
            Tree::Both(first, second) => {
                first.add_to(list, site, is_required);
                second.add_to(list, site, is_required);
            }
            Tree::Either(first, second) => {
                let first_len = list.len();
                first.add_to(list, site, is_required);
                second.add_to(list, site, is_required);
                // A body in one of two formats is required.
                let own = &mut list[first_len..];
                let is_body = |input: &InputInfo| matches!(input.kind, InputKind::Body { .. });
                if !own.iter().all(is_body) {
                    own.iter_mut().for_each(|input| input.is_required = false);
                }
            }
            Tree::Bodies(bodies) => {
                for body in bodies {
                    body.add_to(list, site, is_required);
                }
            }
            Tree::Maybe(inputs) => inputs.add_to(list, site, false),
            Tree::ByMethod(_, inputs) if site.has_body => inputs.add_to(list, site, is_required),
            Tree::ByMethod(inputs, _) => inputs.add_to(list, site, is_required),
        }
    }
}

/// An argument of a route.
pub(super) struct Site<'a> {
    /// Whether the methods of the route have a body.
    pub(super) has_body: bool,
    /// The name of the argument.
    pub(super) argument: &'static str,
    /// The path parameters of the route.
    pub(super) params: &'a [&'static str],
}

impl Site<'_> {
    /// Returns the names of an argument's path parameters.
    fn param_names(&self, names: &[&'static str], count: usize) -> Vec<&'static str> {
        match (names, count) {
            ([], 1) if self.params.contains(&self.argument) => vec![self.argument],
            ([], count) => self.params[self.params.len().saturating_sub(count)..].to_vec(),
            (names, _) => names.to_vec(),
        }
    }
}
