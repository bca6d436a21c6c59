//! Payloads: the types of bodies and queries, for a visitor of another package.
//!
//! A response states its answers as constants, which have the name of the type of a body. Its schema depends on a trait
//! of another package. So that package writes a visitor, which implements [`Visit<T>`] for each `T` with that trait,
//! and each wrapper of a body, such as `Json<T>`, implements [`Payloads<V>`] for each visitor of `T`.

use std::marker::PhantomData;

use super::node::Entry;

/// A visitor of the types of bodies and queries.
///
/// # Examples
/// ```
/// use highball::{describe::{Payloads, Visit}, prelude::*};
///
/// /// Lists the names of types that implement `Clone`.
/// #[derive(Default)]
/// struct Names(Vec<&'static str>);
///
/// impl<T: Clone> Visit<T> for Names {
///     fn visit(&mut self) {
///         self.0.push(std::any::type_name::<T>());
///     }
/// }
///
/// let mut names = Names::default();
/// <Option<Json<u32>> as Payloads<Names>>::show(&mut names);
/// assert_eq!(names.0, ["u32"]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{T}` has no schema",
    label = "a route has a body, a query or an answer of the type `{T}`",
    note = "add `#[derive(JsonSchema)]` of the crate `schemars` to `{T}`"
)]
pub trait Visit<T: ?Sized> {
    /// Visits the type.
    fn visit(&mut self);
}

/// A type that shows the types of its bodies and queries to a visitor. The wrappers of this framework implement it.
///
/// Implement it for your own wrapper of a body. Types that do not implement it have no schema in a document.
///
/// # Examples
/// ```
/// use highball::{describe::{Answer, Answers, Payloads, Visit}, prelude::*};
///
/// /// A value under the key `data`.
/// struct Envelope<T>(T);
///
/// impl<T: serde::Serialize> IntoResponse for Envelope<T> {
///     const ANSWERS: Answers = Answers::one(Answer::of::<Envelope<T>>(200, "application/json"));
///
///     fn into_response(self) -> Response {
///         Json(json!({ "data": self.0 })).into_response()
///     }
/// }
///
/// impl<T, V: Visit<Envelope<T>>> Payloads<V> for Envelope<T> {
///     fn show(visitor: &mut V) {
///         visitor.visit();
///     }
/// }
/// ```
pub trait Payloads<V> {
    /// Shows the types.
    fn show(visitor: &mut V);
}

/// A visitor of every type: a type has payloads if this visitor can visit it.
#[derive(Debug)]
pub struct AnyVisitor;

#[diagnostic::do_not_recommend]
impl<T: ?Sized> Visit<T> for AnyVisitor {
    fn visit(&mut self) {}
}

/// Reads whether a type has payloads, without an error if it has none.
#[derive(Debug)]
pub struct PayloadsProbe<T>(PhantomData<T>);

impl<T: Payloads<AnyVisitor>> PayloadsProbe<(T,)> {
    /// Whether it has.
    pub const IS: u8 = 1;
}

/// The properties of a type without payloads.
pub trait NoPayloads {
    /// Whether it has payloads.
    const IS: u8 = 0;
}

impl<T> NoPayloads for PayloadsProbe<T> {}

/// A type with the result of [`PayloadsProbe`].
#[derive(Debug)]
pub struct Shown<const HAS: u8, T>(PhantomData<fn() -> T>);

impl<V, T> Payloads<V> for Shown<0, T> {
    fn show(_: &mut V) {}
}

impl<V, T: Payloads<V>> Payloads<V> for Shown<1, T> {
    fn show(visitor: &mut V) {
        T::show(visitor);
    }
}

/// The return type of a handler, and whether its answers are not known.
#[derive(Debug)]
pub struct Returned<const IS_OPAQUE: bool, T>(PhantomData<fn() -> T>);

/// A return type that a visitor accepts.
pub trait AcceptedBy<V> {}

impl<V, T> AcceptedBy<V> for Returned<false, T> {}
impl<V: AcceptOpaque<T>, T> AcceptedBy<V> for Returned<true, T> {}

/// A visitor that accepts handlers whose answers are not known. A visitor for a strict document does not implement it.
///
/// # Examples
/// ```
/// use highball::{describe::{AcceptOpaque, RoutePayloads}, prelude::*};
///
/// /// Accepts every handler.
/// struct Lenient;
///
/// impl<T> AcceptOpaque<T> for Lenient {}
///
/// #[get("/any")]
/// async fn any() -> Response {
///     ().into_response()
/// }
///
/// #[routes(app)]
/// struct Api(any);
///
/// # fn main() {
/// Api::show_all(&mut Lenient);
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "a route returns `{T}`, which does not state its answers, and the document is strict",
    label = "a handler of this app returns `{T}`",
    note = "state the answers in the attribute of the route, `answers(201 => Json<Order>, 404)`, or return a type with a status, such as `Created<Json<Order>>`"
)]
pub trait AcceptOpaque<T> {}

/// A handler or a group that shows the payloads of its routes to a visitor. Generated code implements it if the feature
/// `schemas` is enabled.
///
/// # Examples
/// ```
/// use highball::describe::{RoutePayloads, Visit};
///
/// /// Collects the types of the bodies of an app, for example of `#[routes(app)] struct Api(..)`.
/// fn types<A: RoutePayloads<V>, V: Default>() -> V {
///     let mut visitor = V::default();
///     A::show_all(&mut visitor);
///     visitor
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "the routes of `{Self}` cannot be described",
    note = "a route needs its attribute of this framework, with the feature `schemas`, which the package for documents enables"
)]
pub trait RoutePayloads<V> {
    /// Shows the types of all routes.
    fn show_all(visitor: &mut V);
}

/// A handler with the types of its signature: those of the arguments that may have payloads, as nested pairs, and the
/// return type. Generated code implements it if the feature `schemas` is enabled.
///
/// They are parameters, because the type of an associated type must be as public as the handler.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a handler whose types are known to tests",
    note = "a test calls a handler with a route attribute, and requires the feature `schemas`"
)]
pub trait RouteTypes<Arguments, Output>: Entry {}
