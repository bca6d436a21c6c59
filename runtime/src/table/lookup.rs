//! The walk from a path to its route.

use http::Method;

use super::Captures;
use super::key::{LONG, Path, Piece};
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
    /// What other methods know of the path. A walk that finds nothing has met every route that
    /// matches the path, so these are all; after one that finds something nobody asks.
    allowed: Option<Allowed>,
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
            allowed: None,
        };
        if let Some(end) = walk.find(ROOT, 1, captures) {
            return match end.redirect {
                true => Found::Redirect(end.route),
                false => Found::Route(end.route),
            };
        }
        captures.truncate(0);
        walk.allowed.map_or(Found::Missing, Found::WrongMethod)
    }
}

impl<'a> Walk<'a> {
    /// Finds the best route for the path from `start` on, below a node.
    ///
    /// It branches only where a node has several ways to go on, so it nests at most as deep as the
    /// trie; a node is entered at most once in a lookup, since only one way leads to it. Captures
    /// that it has made when it finds nothing are its caller's to forget.
    #[inline(always)]
    fn find(&mut self, mut idx: u32, mut start: usize, captures: &mut Captures) -> Option<&'a End> {
        let len = self.path.bytes().len();
        loop {
            let node = self.table.nodes.get(idx as usize)?;
            if start > len {
                return self.end(node);
            }
            let end;
            if node.n_slots != 0 {
                let piece = self.path.piece(start);
                end = piece.end;
                if let Some(child) = self.static_child(node, start, &piece) {
                    if !node.has_params {
                        (idx, start) = (child, end + 1);
                        continue;
                    }
                    let found = self.branch(child, end + 1, captures);
                    if found.is_some() {
                        return found;
                    }
                }
                if !node.has_params {
                    return None;
                }
            } else {
                end = self.path.piece_end(start);
            }
            if node.n_affixes != 0 {
                let found = self.find_affixed(node, start, end, captures);
                if found.is_some() {
                    return found;
                }
            }
            if node.rest != NO_NODE {
                return self.find_rest(node, start, end, captures);
            }
            if node.param == NO_NODE || end == start {
                return None;
            }
            captures.push(start, end);
            (idx, start) = (node.param, end + 1);
        }
    }

    /// Tries one way to go on; if it fails, its captures are forgotten.
    #[inline(never)]
    fn branch(&mut self, idx: u32, start: usize, captures: &mut Captures) -> Option<&'a End> {
        let n_captures = captures.len();
        let found = self.find(idx, start, captures);
        if found.is_none() {
            captures.truncate(n_captures);
        }
        found
    }

    /// Tries the parameters with static text around them.
    #[inline(never)]
    fn find_affixed(
        &mut self,
        node: &Node,
        start: usize,
        stop: usize,
        captures: &mut Captures,
    ) -> Option<&'a End> {
        let n_captures = captures.len();
        for affix in slice(self.table.affixes, node.first_affix, node.n_affixes) {
            let Some((from, to)) = affix.value(self.path.bytes(), start, stop) else {
                continue;
            };
            captures.push(from, to);
            let found = self.branch(affix.child, stop + 1, captures);
            if found.is_some() {
                return found;
            }
            captures.truncate(n_captures);
        }
        None
    }

    /// Tries the whole-segment parameter, if any, and then the catch-all of a node that has one.
    #[inline(never)]
    fn find_rest(
        &mut self,
        node: &Node,
        start: usize,
        stop: usize,
        captures: &mut Captures,
    ) -> Option<&'a End> {
        let n_captures = captures.len();
        if node.param != NO_NODE && stop > start {
            captures.push(start, stop);
            let found = self.branch(node.param, stop + 1, captures);
            if found.is_some() {
                return found;
            }
            captures.truncate(n_captures);
        }
        let len = self.path.bytes().len();
        if start == len {
            return None;
        }
        captures.push(start, len);
        self.end(self.table.nodes.get(node.rest as usize)?)
    }

    /// Returns the route of the method that ends at a node.
    #[inline(always)]
    fn end(&mut self, node: &Node) -> Option<&'a End> {
        let ends = slice(self.table.ends, node.first_end, node.n_ends);
        let end = ends.iter().find(|end| end.mask & self.bit != 0);
        if end.is_none() {
            self.allow(ends);
        }
        end
    }

    /// Notes routes of other methods.
    #[cold]
    fn allow(&mut self, ends: &[End]) {
        // An end without methods has lost them all to a better one.
        for end in ends.iter().filter(|end| end.mask != 0) {
            let first = Allowed {
                mask: 0,
                extensions: self.table.extensions,
                route: end.route,
            };
            self.allowed.get_or_insert(first).mask |= end.mask;
        }
    }

    /// Finds the child behind a static segment.
    #[inline(always)]
    fn static_child(&self, node: &Node, start: usize, piece: &Piece) -> Option<u32> {
        let mut slot = piece.key.slot(node.n_slots);
        let mut n_probes = node.n_probes;
        loop {
            let at = (node.first_slot + slot) as usize;
            let child = self.slot_child(at, start, piece);
            if child.is_some() {
                return child;
            }
            n_probes -= 1;
            if n_probes == 0 {
                return None;
            }
            slot += 1;
            if slot == node.n_slots {
                slot = 0;
            }
        }
    }

    /// Returns the child of a slot if the segment is the slot's.
    #[inline(always)]
    fn slot_child(&self, at: usize, start: usize, piece: &Piece) -> Option<u32> {
        let slot = self.table.slots.get(at)?;
        let len = piece.end - start;
        let key = &piece.key;
        if slot.head != key.head || slot.second != key.second || slot.len as usize != len {
            return None;
        }
        if len >= LONG && !self.is_text(at, start, piece.end) {
            return None;
        }
        Some(slot.child)
    }

    /// Compares a segment with the whole text of a slot.
    #[inline(never)]
    fn is_text(&self, at: usize, start: usize, stop: usize) -> bool {
        let text = self.table.texts.get(at).map(|text| text.as_bytes());
        text == self.path.bytes().get(start..stop)
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
#[inline(always)]
fn slice<T>(items: &[T], first: u32, n_items: u16) -> &[T] {
    let first = first as usize;
    let end = first + usize::from(n_items);
    items.get(first..end).unwrap_or_default()
}
