//! What other routers assert of themselves, asked of Highball over its real macros.
//!
//! The build script reads `shared/vectors` beside the checkout and writes one app for each set
//! of routes; where the folder is missing, there is nothing to test here, and the tests say so.

mod answer;
pub mod slow;
mod vector;

pub use answer::{Answer, describe};
pub use vector::{Expected, Params, REFUSED_CORE, Request, Set, Tier, folder, report};
