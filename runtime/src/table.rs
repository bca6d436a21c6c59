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
mod clash;
mod key;
mod lookup;
mod methods;
mod parts;
mod plan;
pub(crate) mod spelling;
mod step;

// The benches and the fuzz target include these files too.
#[cfg(test)]
#[allow(unreachable_pub)]
mod differ;
#[cfg(test)]
#[allow(unreachable_pub)]
mod generate;
#[cfg(test)]
#[allow(unreachable_pub)]
mod oracle;
#[cfg(test)]
#[allow(unreachable_pub)]
mod parse;
#[cfg(test)]
mod tests;

pub use captures::Captures;
pub(crate) use captures::MAX_PARAMS;
pub use clash::clashes;
pub use lookup::Found;
pub use methods::Allowed;
pub use parts::{Parts, Table};
pub use plan::{Plan, Size, capacity};

#[cfg(test)]
use crate::route::STANDARD;
use crate::route::{Methods, Segment, Slash};

/// How many segments a pattern may have.
pub(crate) const MAX_SEGMENTS: usize = 32;

/// How many routes a table may have.
pub(crate) const MAX_ROUTES: usize = u16::MAX as usize;

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

/// What the table needs to know of one route.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// The methods it answers.
    pub methods: Methods,
    /// The segments of its full path; none means `/`.
    pub segments: &'static [Segment],
    /// What a path with one trailing slash more or less gets.
    pub slash: Slash,
}

impl Shape {
    /// Returns whether the pattern has more segments or parameters than a table holds.
    ///
    /// Such a route does not match wrongly: [`Plan::new`] panics, that is, does not compile.
    pub const fn too_big(&self) -> bool {
        let mut n_params = 0;
        let mut idx = 0;
        while idx < self.segments.len() {
            if !matches!(self.segments[idx], Segment::Static(_)) {
                n_params += 1;
            }
            idx += 1;
        }
        self.segments.len() > MAX_SEGMENTS || n_params > MAX_PARAMS
    }

    /// Returns the segments as a path has them: `/` is one empty segment.
    const fn full_segments(&self) -> &'static [Segment] {
        if self.segments.is_empty() {
            return &[EMPTY];
        }
        self.segments
    }
}

/// The segment behind a trailing slash.
const EMPTY: Segment = Segment::Static("");
