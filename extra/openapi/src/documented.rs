//! Apps that have a document.

use highball::App;

use crate::Document;

/// An app that has a document.
///
/// The routes and the commands of this package read it.
///
/// # Examples
/// ```
/// use highball::prelude::*;
/// use highball_openapi::{Document, Documented};
///
/// #[get("/")]
/// async fn home() -> &'static str {
///     "hello"
/// }
///
/// #[routes(app)]
/// struct Api(home, highball_openapi::json<Api>);
///
/// impl Documented for Api {
///     fn document() -> Document {
///         Document::of::<Self>("Hello", env!("CARGO_PKG_VERSION"))
///     }
/// }
///
/// # highball::block_on(async {
/// let response = Api.test().get("/openapi.json").send().await;
/// assert_eq!(response.json::<Value>()["info"]["title"], "Hello");
/// # });
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no document",
    note = "write `impl Documented for {Self}`, whose method returns `Document::of::<Self>(\"a title\", \"a version\")`"
)]
pub trait Documented: App {
    /// Returns the document.
    fn document() -> Document;
}
