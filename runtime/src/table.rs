//! The route table: built by the compiler, read by every request.
//!
//! The routes become a trie of segments in constant data, one for all methods: a node knows which
//! methods its subtree serves, so a lookup enters exactly the nodes that a trie of its own method
//! would have, and the methods that a path is known to are found in one walk. A node finds a
//! static segment through a small hash table. Nothing is built at start, nothing is allocated.
//!
//! A root of routes makes its table in five steps, each a constant of its own so that no single
//! evaluation is long:
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
// The benches and the fuzz target include these files too.
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

/// The table of an app whose routes have a mistake: it finds nothing.
pub const NO_TABLE: Table = NO_PARTS.table();
