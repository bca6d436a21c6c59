//! Highball: a web framework whose routes, middleware and mistakes are known to the compiler.

mod body;
pub use body::{Body, BoxError, Chunk, ReadError, RequestBody};
#[doc(hidden)]
pub mod pool;
mod route;
mod table;

/// What the macros' output names.
#[doc(hidden)]
pub mod __private {
    pub use crate::{route::*, table::*};
}
