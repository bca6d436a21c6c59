//! The route table, which the compiler builds and each request reads.
//!
//! The routes become a trie of path segments in constant data. One trie holds the routes of all
//! methods, so a single walk finds the route and also the methods for a 405. A node finds a static
//! segment through a small hash table; comparing prefixes byte by byte was slower. Nothing is built
//! at start and a lookup allocates nothing.
//!
//! `built` has the table of an app as a constant. `cargo check` evaluates only the sizes of its arrays, in `measure`:
//! a conflict of routes has its own check, in `routes`.

mod built;
mod captures;
mod layout;
mod lookup;
mod measure;
mod methods;
mod node_key;
mod plan;
mod segment_key;
pub(crate) mod spelling;
#[cfg(test)]
#[allow(unreachable_pub)]
mod testing;
// The benches and the fuzz target include these files as well.
#[cfg(test)]
mod tests;

pub use built::{Layout, NoRoutes, Sizes};
pub use captures::Captures;
pub use layout::Parts;
pub use layout::Table;
pub use lookup::Found;
pub use measure::{Measure, measure};
pub use methods::Allowed;
pub use plan::{Plan, Size, capacity};
pub(crate) use spelling::has_percent;
