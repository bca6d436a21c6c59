//! The walk from a path to its route.

use http::Method;

use super::Captures;
use super::key::{Path, Piece};
use super::methods::{Allowed, bit};
use super::parts::{Affix, End, NO_NODE, Node, Table};
use super::plan::ROOT;

/// What a table says of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// The index of the route.
    Route(u16),
    /// The index of a route that wants the path with its trailing slash added or removed: removed
    /// if the path ends with one, else added.
    Redirect(u16),
    /// No route, but other methods have one; also OPTIONS where no route answers it.
    WrongMethod(Allowed),
    /// No route, whatever the method.
    Missing,
}

/// One lookup.
struct Walk<'a> {
    table: &'a Table,
    path: Path<'a>,
    /// The bit of the request's method.
    bit: u32,
    /// Whether a route of another method stopped the walk: if not, a miss needs no second look.
    blocked: bool,
}

impl Table {
    /// Finds the route of a request by its method and its raw path.
    ///
    /// The captures are those of the route or the redirect that is found; else none.
    pub fn find(&self, method: &Method, path: &str, captures: &mut Captures) -> Found {
        captures.truncate(0);
        if !path.starts_with('/') || path.len() > usize::from(u16::MAX) {
            return Found::Missing;
        }
        let mut walk = Walk {
            table: self,
            path: Path::new(path),
            bit: bit(method, self.extensions),
            blocked: false,
        };
        match walk.find(ROOT, 1, captures) {
            Some(end) if end.redirect => Found::Redirect(end.route),
            Some(end) => Found::Route(end.route),
            None => {
                captures.truncate(0);
                walk.other_methods()
            }
        }
    }
}

impl<'a> Walk<'a> {
    /// Finds the best route for the path from `start` on, below a node.
    ///
    /// It calls itself only where a node has several ways to go on, so at most as deep as the trie;
    /// a node is entered at most once in a lookup, since only one way leads to it. Captures that
    /// it has made when it finds nothing are its caller's to forget.
    fn find(&mut self, mut idx: u32, mut start: usize, captures: &mut Captures) -> Option<&'a End> {
        loop {
            let node = self.node(idx)?;
            if node.mask & self.bit == 0 {
                self.blocked = true;
                return None;
            }
            if start > self.path.bytes().len() {
                return self.end(node);
            }
            let piece = self.path.piece(start);
            let next = piece.end + 1;
            if let Some(child) = self.static_child(node, start, &piece) {
                if !node.has_params() {
                    (idx, start) = (child, next);
                    continue;
                }
                let n_captures = captures.len();
                if let Some(end) = self.find(child, next, captures) {
                    return Some(end);
                }
                captures.truncate(n_captures);
            }
            if let Some(end) = self.find_affixed(node, start, piece.end, captures) {
                return Some(end);
            }
            if node.param != NO_NODE && piece.end > start {
                let n_captures = captures.len();
                captures.push(start, piece.end);
                if node.rest == NO_NODE {
                    (idx, start) = (node.param, next);
                    continue;
                }
                if let Some(end) = self.find(node.param, next, captures) {
                    return Some(end);
                }
                captures.truncate(n_captures);
            }
            let len = self.path.bytes().len();
            if node.rest == NO_NODE || start == len {
                return None;
            }
            captures.push(start, len);
            (idx, start) = (node.rest, len + 1);
        }
    }

    /// Tries the parameters with static text around them.
    fn find_affixed(
        &mut self,
        node: &Node,
        start: usize,
        stop: usize,
        captures: &mut Captures,
    ) -> Option<&'a End> {
        let n_captures = captures.len();
        for affix in self.affixes(node) {
            let Some((from, to)) = affix.value(self.path.bytes(), start, stop) else {
                continue;
            };
            captures.push(from, to);
            if let Some(end) = self.find(affix.child, stop + 1, captures) {
                return Some(end);
            }
            captures.truncate(n_captures);
        }
        None
    }

    /// Returns the route of the method that ends at a node.
    fn end(&mut self, node: &Node) -> Option<&'a End> {
        let end = self.ends(node).iter().find(|end| end.mask & self.bit != 0);
        // It is another method's end, or a place that only leads on.
        self.blocked |= end.is_none() && node.n_ends != 0;
        end
    }

    /// Collects the methods that know the path; called when the request's method does not.
    #[cold]
    fn other_methods(&self) -> Found {
        if !self.blocked {
            return Found::Missing;
        }
        let mut allowed = None;
        self.collect(ROOT, 1, &mut allowed);
        allowed.map_or(Found::Missing, Found::WrongMethod)
    }

    /// Takes the methods of all routes below a node that match the path from `start` on.
    fn collect(&self, idx: u32, start: usize, allowed: &mut Option<Allowed>) {
        let Some(node) = self.node(idx) else { return };
        if allowed.is_some_and(|allowed| node.mask & !allowed.mask == 0) {
            return;
        }
        let len = self.path.bytes().len();
        if start > len {
            self.collect_ends(node, allowed);
            return;
        }
        let piece = self.path.piece(start);
        if let Some(child) = self.static_child(node, start, &piece) {
            self.collect(child, piece.end + 1, allowed);
        }
        for affix in self.affixes(node) {
            if affix.value(self.path.bytes(), start, piece.end).is_some() {
                self.collect(affix.child, piece.end + 1, allowed);
            }
        }
        if node.param != NO_NODE && piece.end > start {
            self.collect(node.param, piece.end + 1, allowed);
        }
        if node.rest != NO_NODE && start < len {
            self.collect(node.rest, len + 1, allowed);
        }
    }

    fn collect_ends(&self, node: &Node, allowed: &mut Option<Allowed>) {
        for end in self.ends(node).iter().filter(|end| end.mask != 0) {
            let first = Allowed {
                mask: 0,
                extensions: self.table.extensions,
                route: end.route,
            };
            allowed.get_or_insert(first).mask |= end.mask;
        }
    }

    fn node(&self, idx: u32) -> Option<&'a Node> {
        self.table.nodes.get(idx as usize)
    }

    fn affixes(&self, node: &Node) -> &'a [Affix] {
        slice(self.table.affixes, node.first_affix, node.n_affixes)
    }

    fn ends(&self, node: &Node) -> &'a [End] {
        slice(self.table.ends, node.first_end, node.n_ends)
    }

    /// Finds the child behind a static segment.
    fn static_child(&self, node: &Node, start: usize, piece: &Piece) -> Option<u32> {
        let mut slot = piece.key.slot(node.n_slots);
        for _ in 0..node.n_probes {
            let at = (node.first_slot + slot) as usize;
            if let Some(child) = self.slot_child(at, start, piece) {
                return Some(child);
            }
            slot += 1;
            if slot == node.n_slots {
                slot = 0;
            }
        }
        None
    }

    /// Returns the child of a slot if the segment is the slot's.
    fn slot_child(&self, at: usize, start: usize, piece: &Piece) -> Option<u32> {
        let slot = self.table.slots.get(at)?;
        let len = piece.end - start;
        if slot.head != piece.key.head || slot.tail != piece.key.tail || slot.len as usize != len {
            return None;
        }
        // Both ends are equal, and they meet in 16 bytes.
        if len > 16
            && self.path.bytes().get(start..piece.end)? != self.table.texts.get(at)?.as_bytes()
        {
            return None;
        }
        Some(slot.child)
    }
}

impl Node {
    /// Returns whether a segment may match in other ways than as static text.
    fn has_params(&self) -> bool {
        self.param | self.rest | self.n_affixes != 0
    }
}

impl Affix {
    /// Returns where the value stands if the segment has this text around a value.
    fn value(&self, path: &[u8], start: usize, stop: usize) -> Option<(usize, usize)> {
        let segment = path.get(start..stop)?;
        let rest = segment.strip_prefix(self.prefix.as_bytes())?;
        let value = rest.strip_suffix(self.suffix.as_bytes())?;
        let from = start + self.prefix.len();
        (!value.is_empty()).then_some((from, from + value.len()))
    }
}

/// Returns a part of one of the table's arrays.
fn slice<T>(items: &[T], first: u32, n_items: u32) -> &[T] {
    let first = first as usize;
    items
        .get(first..first + n_items as usize)
        .unwrap_or_default()
}
