//! OpenAPI documents for the [Highball](https://docs.rs/highball) web framework.
//!
//! Nothing is written twice: paths, parameters, bodies and every answer come from the types of the handlers, their
//! extractors and their guards. A type of a body implements `JsonSchema` of the crate `schemars`. An answer that is not
//! known, such as that of a handler that returns a `Response`, is listed in the document and not guessed.
//!
//! # Examples
//! ```no_run
//! use highball::prelude::*;
//! use highball_openapi::{Document, Documented};
//!
//! #[derive(serde::Serialize, schemars::JsonSchema)]
//! struct User {
//!     id: u64,
//! }
//!
//! /// Shows a user.
//! #[get("/users/{id}")]
//! async fn show(id: u64) -> Option<Json<User>> {
//!     Some(Json(User { id }))
//! }
//!
//! #[routes(app)]
//! struct Api(show, highball_openapi::json<Api>);
//!
//! impl Documented for Api {
//!     fn document() -> Document {
//!         Document::of::<Self>("Users", env!("CARGO_PKG_VERSION"))
//!     }
//! }
//!
//! #[highball::main]
//! async fn main() -> highball::Result {
//!     highball::serve(Api).await
//! }
//! ```

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "page")]
mod assets;
mod canonical;
mod cli;
pub mod client;
mod common;
pub mod compare;
mod described;
mod doc_text;
#[cfg(feature = "page")]
mod docs_page;
#[cfg(doctest)]
mod doctests;
mod document;
mod documented;
mod error;
mod examples;
mod frozen;
#[cfg(feature = "page")]
mod html;
mod integers;
mod model;
mod names;
mod operation;
mod primitives;
mod problem;
mod query;
#[cfg(feature = "page")]
mod route_html;
mod routes;
#[cfg(feature = "page")]
mod routes_view;
mod schemas;
mod spec;
mod taken;
mod used;

pub use cli::{Output, cli, run};
#[cfg(feature = "page")]
pub use docs_page::page;
pub use document::Document;
pub use documented::Documented;
pub use error::Error;
pub use examples::examples;
pub use routes::json;
#[cfg(feature = "yaml")]
pub use routes::yaml;
#[cfg(feature = "page")]
pub use routes_view::{routes_page, routes_page_always};
pub use schemars;
pub use schemas::{StrictTypes, Types};
pub use spec::Spec;
