//! The sizes of the arrays of an app.
//!
//! They must be known where an app is declared, so this is the only part of a table that every `cargo check` evaluates.
//! The sizes of the trie are bounds: to count the segments that routes share, the compiler would have to build it.

use crate::{
    routes::{Node, Walk},
    table::{methods::Extensions, plan::MAX_SLOTS_PER_STATIC},
};

/// The sizes of the arrays of an app.
#[derive(Debug, Clone, Copy)]
pub struct Measure {
    /// The number of routes.
    pub routes: usize,
    /// The number of groups, with the app itself.
    pub groups: usize,
    /// The length of all patterns.
    pub text: usize,
    /// The most nodes of the trie.
    pub nodes: usize,
    /// The most slots in all hash tables of static segments.
    pub slots: usize,
    /// The most parameters with static text around them.
    pub affixes: usize,
    /// The most ends: one for each route, and one for each alias with another trailing slash.
    pub ends: usize,
}

/// Returns the sizes of the arrays of an app.
pub const fn measure(root: &'static Node) -> Measure {
    let sums = &root.sums;
    if sums.has_extensions {
        check_extensions(root);
    }
    // An alias may add an empty segment, and it is a second end.
    let aliases = if sums.has_slash { sums.routes } else { 0 };
    Measure {
        routes: sums.routes as usize,
        groups: sums.groups as usize,
        text: sums.text as usize,
        nodes: 1 + (sums.nodes + aliases) as usize,
        slots: ((sums.statics + aliases) * MAX_SLOTS_PER_STATIC) as usize,
        affixes: sums.affixes as usize,
        ends: (sums.routes + aliases) as usize,
    }
}

/// Fails to compile if the routes name more methods than a table supports.
const fn check_extensions(root: &'static Node) {
    let (mut walk, mut extensions) = (Walk::new(root), Extensions::new());
    while walk.next_route() {
        extensions.named(walk.options(root).0);
    }
}

impl Measure {
    /// Returns the number of nodes or of ends, whichever is larger.
    pub const fn plan(&self) -> usize {
        if self.nodes > self.ends {
            self.nodes
        } else {
            self.ends
        }
    }
}
