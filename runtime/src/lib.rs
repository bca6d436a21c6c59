//! Highball: a web framework whose routes, middleware and mistakes are known to the compiler.

mod route;
mod table;

/// What the macros' output names.
#[doc(hidden)]
pub mod __private {
    pub use crate::{route::*, table::*};
}
