//! Highball: a web framework whose routes, middleware and mistakes are known to the compiler.

mod body;
pub use body::{Body, BoxError, Chunk, ReadError, RequestBody};
#[doc(hidden)]
pub mod pool;
mod route;
#[doc(hidden)]
pub mod server;
