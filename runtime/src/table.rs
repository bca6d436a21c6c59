//! The route table, which the compiler builds and each request reads.
//!
//! The routes become a trie of path segments in constant data. One trie holds the routes of all
//! methods, so a single walk finds the route and also the methods for a 405. A node finds a static
//! segment through a small hash table; comparing prefixes byte by byte was slower. Nothing is built
//! at start and a lookup allocates nothing.
//!
//! A root of routes builds its table in five steps. Each is a separate constant, so that no single
//! constant evaluation takes long:
//!
//! ```ignore
//! const SHAPES: [Shape; 2] = [..];
//! const PLAN: Plan<{ capacity(&SHAPES) }> = Plan::new(&SHAPES);
//! const SIZE: Size = PLAN.size();
//! static PARTS: Parts<{ SIZE.nodes }, { SIZE.slots }, { SIZE.affixes }, { SIZE.ends }> = PLAN.build();
//! static TABLE: Table = PARTS.table();
//! ```

mod captures;
mod conflicts;
mod layout;
mod lookup;
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

pub use captures::Captures;
pub use conflicts::clashes;
pub use layout::Parts;
pub use layout::Table;
pub use lookup::Found;
pub use methods::Allowed;
pub use plan::{Plan, Size, capacity};
pub(crate) use spelling::has_percent;

const NO_PLAN: Plan<{ capacity(&[]) }> = Plan::new(&[]);
const NO_SIZE: Size = NO_PLAN.size();
static NO_PARTS: Parts<
    { NO_SIZE.nodes },
    { NO_SIZE.slots },
    { NO_SIZE.affixes },
    { NO_SIZE.ends },
> = NO_PLAN.build();

/// An empty table, for an app whose routes do not compile.
pub const NO_TABLE: Table = NO_PARTS.table();
