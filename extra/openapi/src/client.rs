//! Typed clients from the same declarations as the server.
//!
//! [`rust`] returns the source of a client in Rust.

mod answers;
mod arguments;
mod context;
mod enum_schema;
mod own_types;
mod rust_type;
mod text;
mod write;

use std::{fmt, marker::PhantomData};

use self::rust_type::Prefixes;
use crate::{Documented, error::Error};

/// Returns a generator for a Rust client of an app, whose source is that of one module.
///
/// The client has an async method for each operation, named by the id that the operation has in the
/// [document](crate::Document). Path parameters, the query, headers and the body are typed arguments. The result is
/// an enum with a variant for each documented answer, and `Unexpected` for any other. A failed transport, and a body
/// that does not match its type, are errors of the type `ClientError`.
///
/// The client depends on the packages `bytes`, `http`, `serde` (with `derive`) and `serde_json`, and on the packages of
/// the types that [`RustClient::types`] names; not on this framework and not on the server. Its transport is a trait
/// in the file. It sends each request once, without retries.
///
/// # Types
/// The types of bodies, queries and parameters are imported if [`RustClient::types`] states where they are. Of other
/// types the compiler gives a generator only the name, which may be that of a private type. So the client has a struct
/// or an enum for each of these, in its module `types`, made from the JSON schema. A schema that neither can express
/// is a `serde_json::Value`. Imported types of answers implement `DeserializeOwned`, those of requests `Serialize`.
///
/// # Bodies
/// Bodies are typed in JSON, and those of requests in forms. Texts are `String`. Bodies in other formats, forms with
/// files, streams and server-sent events are [`Bytes`](highball::Bytes), which arrive as a whole. If an operation
/// accepts several formats, the client sends JSON, or else a form.
///
/// # Examples
/// ```
/// use highball::prelude::*;
/// use highball_openapi::{Document, Documented, client};
///
/// #[derive(serde::Serialize, schemars::JsonSchema)]
/// struct User {
///     id: u64,
/// }
///
/// #[get("/users/{id}")]
/// async fn show(id: u64) -> Option<Json<User>> {
///     Some(Json(User { id }))
/// }
///
/// #[routes(app)]
/// struct Api(show);
///
/// impl Documented for Api {
///     fn document() -> Document {
///         Document::of::<Self>("Users", "1.0.0")
///     }
/// }
///
/// # fn main() -> Result<(), highball_openapi::Error> {
/// let source = client::rust::<Api>().source()?;
/// assert!(source.contains("id: u64"));
/// assert!(source.contains("    Ok(types::User),"));
/// assert!(source.contains("    NotFound(Problem),"));
/// # Ok(())
/// # }
/// ```
pub fn rust<A: Documented>() -> RustClient<A> {
    RustClient {
        prefixes: Prefixes::default(),
        app: PhantomData,
    }
}

/// A generator for a Rust client. [`rust`] returns it.
///
/// # Examples
/// ```
/// # use highball::prelude::*;
/// # use highball_openapi::{Document, Documented};
/// use highball_openapi::client::{self, RustClient};
///
/// # #[get("/")]
/// # async fn home() {}
/// # #[routes(app)]
/// # struct Api(home);
/// # impl Documented for Api {
/// #     fn document() -> Document {
/// #         Document::of::<Self>("Hello", "1.0.0")
/// #     }
/// # }
/// # fn main() -> Result<(), highball_openapi::Error> {
/// let generator: RustClient<Api> = client::rust();
/// assert!(generator.source()?.contains("pub trait Transport"));
/// # Ok(())
/// # }
/// ```
#[must_use = "`source` returns the client"]
pub struct RustClient<A> {
    prefixes: Prefixes,
    app: PhantomData<fn() -> A>,
}

impl<A: Documented> RustClient<A> {
    /// Imports the types whose path begins with `prefix` from the module `path`, which the client can name.
    ///
    /// The prefix is that of a type's full name (`std::any::type_name`): a package, a module, or the type itself. With
    /// several prefixes the longest applies. The types have to be public at their new path, which the compiler checks
    /// where the client is built.
    ///
    /// # Examples
    /// The server's private module `orders` uses types that a package exports at its root:
    /// ```
    /// # use highball::prelude::*;
    /// # use highball_openapi::{Document, Documented, client};
    /// mod orders {
    ///     #[derive(serde::Serialize, schemars::JsonSchema)]
    ///     pub struct Order {
    ///         id: u64,
    ///     }
    /// }
    ///
    /// #[get("/orders")]
    /// async fn list() -> Json<Vec<orders::Order>> {
    ///     Json(vec![])
    /// }
    /// # #[routes(app)]
    /// # struct Api(list);
    /// # impl Documented for Api {
    /// #     fn document() -> Document {
    /// #         Document::of::<Self>("Shop", "1.0.0")
    /// #     }
    /// # }
    /// # fn main() -> Result<(), highball_openapi::Error> {
    /// # let module = std::any::type_name::<orders::Order>().strip_suffix("::Order").unwrap();
    ///
    /// // In a server with the name `shop`, the module is `shop::orders`.
    /// let source = client::rust::<Api>().types(module, "shop_types").source()?;
    /// assert!(source.contains("Ok(Vec<shop_types::Order>),"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn types(mut self, prefix: impl Into<String>, path: impl Into<String>) -> Self {
        self.prefixes.insert(prefix.into(), path.into());
        self
    }

    /// Returns the source of the client, formatted as rustfmt does. Two builds of the same app return the same bytes.
    ///
    /// # Errors
    /// Returns an error if two types have the same name in the document, or if two operations have the same name in
    /// Rust.
    pub fn source(self) -> Result<String, Error> {
        write::source(A::document().describe(), self.prefixes)
    }
}

impl<A> fmt::Debug for RustClient<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RustClient")
            .field("prefixes", &self.prefixes)
            .finish_non_exhaustive()
    }
}
