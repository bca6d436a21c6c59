//! The test vectors of other routers, run against Highball with its real macros.
//!
//! The build script reads `shared/vectors` next to the checkout, and generates an app for each set of routes. If the
//! folder is missing, the tests print that they have no vectors.

mod answer;
pub mod slow;
mod vector;

pub use answer::{Answer, describe};
pub use vector::{Expected, Params, REFUSED_CORE, Request, Set, Tier, folder, report};
