//! Sessions and logins for the [Highball](https://docs.rs/highball) web framework.
//!
//! The data of a session are slots, each a type of the app. [`Session`] reads and changes one, [`Login`] logs a user in
//! and out, and [`sessions`](fn@sessions) is the middleware that looks the session up and sends its cookie.
//! [`Sessions`] has the store and the settings.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod app;
mod battery;
mod cookie;
mod counts;
mod data;
#[cfg(all(doctest, feature = "sql"))]
mod doctests;
mod dynamic;
mod error;
mod id;
mod login;
mod middleware;
mod queue;
mod reads;
#[cfg(feature = "sealed")]
mod sealed;
mod session;

pub mod store;
mod visit;
mod visitor;

pub use app::Sessions;
pub use data::{Identity, SessionData, Writable};
pub use error::SessionError;
#[doc(no_inline)]
pub use highball_session_macros::SessionData;
pub use id::Key;
pub use login::{Device, Fresh, Login};
pub use middleware::sessions;
#[cfg(feature = "sealed")]
pub use sealed::{Sealed, Seals};
pub use session::Session;
pub use store::StoreError;
pub use visit::Visit;
pub use visitor::Visitor;
