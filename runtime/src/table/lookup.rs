//! Finds the route of a path.

use std::ops::Range;

use http::Method;

use super::Captures;
use super::methods::{Allowed, bit};
use super::plan::ROOT;
use super::spelling;
use crate::table::{
    layout::{Affix, End, Kind, NO_HEAD, NO_NODE, Node, Table},
    segment_key::{Ending, FirstSegment, LONG},
};

/// The result of a lookup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// The index of the route.
    Route(u16),
    /// The index of a route that matches the path with its trailing slash added or removed. The
    /// route's pattern ends with a slash if one must be added.
    Redirect(u16),
    /// Routes for other methods only. Also OPTIONS, if no route serves it.
    WrongMethod(Allowed),
    /// No route for any method.
    Missing,
}

/// One lookup.
///
/// `RESPELLED` is whether the path may percent-encode static text differently than the table. Such
/// a path is decoded while it is compared. Any other path is compared in words of eight bytes.
struct Walk<'a, const RESPELLED: bool> {
    table: &'a Table,
    /// The whole path, from which offsets are counted.
    path: &'a [u8],
    /// The last bytes of the path, to read words near its end.
    ending: Ending,
    /// The bit of the request's method.
    bit: u32,
    /// The other methods that the path has. It is complete only if no route is found, because then
    /// the walk has visited every route that matches the path.
    allowed: Option<Allowed>,
}

impl Table {
    /// Finds the route of a request by its method and its raw path.
    ///
    /// Sets the captures to those of the route or redirect, or to none.
    #[inline]
    pub fn find(&self, method: &Method, path: &str, captures: &mut Captures) -> Found {
        captures.truncate(0);
        let path = path.as_bytes();
        let [b'/', rest @ ..] = path else {
            return Found::Missing;
        };
        if path.len() > usize::from(u16::MAX) {
            return Found::Missing;
        }
        let ending = Ending::new(path);
        let bit = bit(method, self.extensions);
        if spelling::has_percent(path) || self.has_escapes && spelling::is_odd(path) {
            return self.find_respelled(path, rest, ending, bit, captures);
        }
        let walk = Walk::<false> {
            table: self,
            path,
            ending,
            bit,
            allowed: None,
        };
        walk.run(rest, captures)
    }

    /// Finds the route of a path that contains escapes, or bytes that should be escaped.
    #[inline(never)]
    fn find_respelled(
        &self,
        path: &[u8],
        rest: &[u8],
        ending: Ending,
        bit: u32,
        captures: &mut Captures,
    ) -> Found {
        let walk = Walk::<true> {
            table: self,
            path,
            ending,
            bit,
            allowed: None,
        };
        walk.run(rest, captures)
    }
}

impl<'a, const RESPELLED: bool> Walk<'a, RESPELLED> {
    /// Walks the whole path.
    #[inline(always)]
    fn run(mut self, rest: &'a [u8], captures: &mut Captures) -> Found {
        if let Some(end) = self.find(ROOT, rest, captures) {
            return match end.redirect {
                true => Found::Redirect(end.route),
                false => Found::Route(end.route),
            };
        }
        captures.truncate(0);
        self.allowed.map_or(Found::Missing, Found::WrongMethod)
    }

    /// Finds the best route for the rest of the path below a node.
    ///
    /// It recurses only where a segment can match in several ways, so its depth is limited by that
    /// of the trie. A lookup enters each node at most once, because a trie has one path to each
    /// node. If nothing is found, the caller removes the captures that were added.
    #[inline(always)]
    fn find(
        &mut self,
        mut idx: u32,
        mut rest: &'a [u8],
        captures: &mut Captures,
    ) -> Option<&'a End> {
        loop {
            let node = self.table.nodes.get(idx as usize)?;
            let len;
            // Not a `match`: its jump table costs more than two comparisons.
            if node.kind == Kind::Statics {
                let segment = self.first_segment(rest);
                idx = self.static_child(node, rest, &segment)?;
                len = segment.len;
            } else if node.kind == Kind::Param {
                len = FirstSegment::len(rest, self.ending);
                if len == 0 {
                    return None;
                }
                self.capture(rest, len, captures);
                idx = node.param;
            } else if node.kind == Kind::Mixed {
                let segment = self.first_segment(rest);
                len = segment.len;
                if node.n_slots != 0
                    && let Some(child) = self.static_child(node, rest, &segment)
                {
                    let found = self.branch(child, after(rest, len), captures);
                    if found.is_some() {
                        return found;
                    }
                }
                if node.n_affixes | node.rest != 0 {
                    return self.find_among(node, rest, len, captures);
                }
                if len == 0 {
                    return None;
                }
                self.capture(rest, len, captures);
                idx = node.param;
            } else {
                return None;
            }
            match after(rest, len) {
                Some(after) => rest = after,
                None => return self.end(idx),
            }
        }
    }

    /// Tries one child. If nothing is found below it, removes the captures that were added.
    #[inline(never)]
    fn branch(
        &mut self,
        idx: u32,
        rest: Option<&'a [u8]>,
        captures: &mut Captures,
    ) -> Option<&'a End> {
        let Some(rest) = rest else {
            return self.end(idx);
        };
        let n_captures = captures.len();
        let found = self.find(idx, rest, captures);
        if found.is_none() {
            captures.truncate(n_captures);
        }
        found
    }

    /// Tries the parameters of a node in order of precedence, and then its catch-all.
    #[inline(never)]
    fn find_among(
        &mut self,
        node: &Node,
        rest: &'a [u8],
        len: usize,
        captures: &mut Captures,
    ) -> Option<&'a End> {
        let n_captures = captures.len();
        for affix in slice(self.table.affixes, node.first_affix, node.n_affixes) {
            let Some(value) = affix.value::<RESPELLED>(rest, len) else {
                continue;
            };
            let start = self.path.len() - rest.len();
            captures.push(start + value.start, start + value.end);
            let found = self.branch(affix.child, after(rest, len), captures);
            if found.is_some() {
                return found;
            }
            captures.truncate(n_captures);
        }
        if node.param != NO_NODE && len != 0 {
            self.capture(rest, len, captures);
            let found = self.branch(node.param, after(rest, len), captures);
            if found.is_some() {
                return found;
            }
            captures.truncate(n_captures);
        }
        if node.rest == NO_NODE || rest.is_empty() {
            return None;
        }
        self.capture(rest, rest.len(), captures);
        self.end(node.rest)
    }

    /// Reads the next segment.
    #[inline(always)]
    fn first_segment(&self, rest: &[u8]) -> FirstSegment {
        if RESPELLED {
            return FirstSegment::read_respelled(rest, self.ending);
        }
        FirstSegment::read(rest, self.ending)
    }

    /// Captures the first `len` bytes of `rest`.
    #[inline(always)]
    fn capture(&self, rest: &[u8], len: usize, captures: &mut Captures) {
        let start = self.path.len() - rest.len();
        captures.push(start, start + len);
    }

    /// Returns the route that ends at a node and has the request's method.
    #[inline(always)]
    fn end(&mut self, idx: u32) -> Option<&'a End> {
        let node = self.table.nodes.get(idx as usize)?;
        if node.end.mask & self.bit != 0 {
            return Some(&node.end);
        }
        self.search_ends(node)
    }

    /// Searches all ends of a node. If none has the request's method, records their methods.
    #[inline(never)]
    fn search_ends(&mut self, node: &Node) -> Option<&'a End> {
        let ends = slice(self.table.ends, node.first_end, u32::from(node.n_ends));
        let end = ends.iter().find(|end| end.mask & self.bit != 0);
        if end.is_none() {
            self.record_methods(ends);
        }
        end
    }

    /// Records the methods of these ends, for a 405.
    #[cold]
    fn record_methods(&mut self, ends: &[End]) {
        // An end has an empty mask if other ends take precedence for all its methods.
        for end in ends.iter().filter(|end| end.mask != 0) {
            let first = Allowed {
                mask: 0,
                extensions: self.table.extensions,
                route: end.route,
            };
            self.allowed.get_or_insert(first).mask |= end.mask;
        }
    }

    /// Finds the child after a static segment. The node must have a hash table.
    #[inline(always)]
    fn static_child(&self, node: &Node, rest: &[u8], segment: &FirstSegment) -> Option<u32> {
        let slot = segment.key.slot(node.n_slots);
        let at = (node.first_slot + slot) as usize;
        let candidate = self.table.slots.get(at)?;
        if candidate.head == segment.key.head
            && candidate.second == segment.key.second
            && (!RESPELLED && segment.len < LONG || self.is_text(at, rest, segment.len))
        {
            return Some(candidate.child);
        }
        if candidate.head == NO_HEAD {
            return None;
        }
        self.probe(node, slot, rest, segment)
    }

    /// Searches all slots that may contain a segment.
    #[inline(never)]
    fn probe(
        &self,
        node: &Node,
        mut slot: u32,
        rest: &[u8],
        segment: &FirstSegment,
    ) -> Option<u32> {
        for _ in 0..node.n_probes {
            let at = (node.first_slot + slot) as usize;
            let candidate = self.table.slots.get(at)?;
            if candidate.head == segment.key.head
                && candidate.second == segment.key.second
                && (!RESPELLED && segment.len < LONG || self.is_text(at, rest, segment.len))
            {
                return Some(candidate.child);
            }
            if candidate.head == NO_HEAD {
                return None;
            }
            slot += 1;
            if slot == node.n_slots {
                slot = 0;
            }
        }
        None
    }

    /// Returns whether a segment equals the text of a slot.
    #[inline(never)]
    fn is_text(&self, at: usize, rest: &[u8], len: usize) -> bool {
        let (Some(text), Some(segment)) = (self.table.texts.get(at), rest.get(..len)) else {
            return false;
        };
        if RESPELLED {
            return spelling::same(segment, text.as_bytes());
        }
        segment == text.as_bytes()
    }
}

impl Affix {
    /// Returns the position of the value if the segment has this static text around it.
    fn value<const RESPELLED: bool>(&self, rest: &[u8], len: usize) -> Option<Range<usize>> {
        let segment = rest.get(..len)?;
        if RESPELLED {
            return spelling::value(segment, self.prefix.as_bytes(), self.suffix.as_bytes());
        }
        let behind = segment.strip_prefix(self.prefix.as_bytes())?;
        let value = behind.strip_suffix(self.suffix.as_bytes())?;
        let start = self.prefix.len();
        (!value.is_empty()).then_some(start..start + value.len())
    }
}

/// Returns the path after the slash that ends a segment, or `None` at the end of the path.
#[inline(always)]
fn after(rest: &[u8], len: usize) -> Option<&[u8]> {
    rest.get(len + 1..)
}

/// Returns a range of one of the table's arrays.
#[inline(always)]
fn slice<T>(items: &[T], first: u32, n_items: u32) -> &[T] {
    let first = first as usize;
    items
        .get(first..first + n_items as usize)
        .unwrap_or_default()
}
