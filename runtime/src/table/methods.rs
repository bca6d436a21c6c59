//! Methods as a bit mask, and the set of methods that a path allows.

use std::fmt;

use http::Method;

use crate::{
    routes::{Methods, STANDARD},
    table::node_key::same_text,
};

/// How many methods outside of [`STANDARD`] the routes of one table may name.
pub(super) const MAX_EXTENSIONS: usize = OTHER as usize - STANDARD.len();

/// The bit of GET.
pub(super) const GET: u32 = 1 << 0;
/// The bit of HEAD.
const HEAD: u32 = 1 << 1;
/// The bit of OPTIONS.
const OPTIONS: u32 = 1 << 6;
/// The index of the bit for all methods that no route names.
const OTHER: u32 = 31;

/// The methods outside of [`STANDARD`] that the routes of a table name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extensions {
    names: [&'static str; MAX_EXTENSIONS],
    len: usize,
}

impl Extensions {
    pub(super) const fn new() -> Self {
        Self {
            names: [""; MAX_EXTENSIONS],
            len: 0,
        }
    }

    /// Returns the bits of the methods that a route names. Adds methods that are new.
    pub(super) const fn named(&mut self, methods: Methods) -> u32 {
        let mut bits = methods.bits() as u32;
        let names = methods.extensions();
        let mut idx = 0;
        while idx < names.len() {
            bits |= 1 << self.index(names[idx]);
            idx += 1;
        }
        bits
    }

    /// Returns the index of a method's bit. Adds the method if it is new.
    const fn index(&mut self, name: &'static str) -> usize {
        let mut idx = 0;
        while idx < STANDARD.len() + self.len {
            let known = if idx < STANDARD.len() {
                STANDARD[idx]
            } else {
                self.names[idx - STANDARD.len()]
            };
            if same_text(known, name) {
                return idx;
            }
            idx += 1;
        }
        assert!(
            self.len < MAX_EXTENSIONS,
            "the routes of one app name more than 21 extension methods"
        );
        self.names[self.len] = name;
        self.len += 1;
        idx
    }

    pub(super) const fn names(&self) -> &[&'static str] {
        self.names.split_at(self.len).0
    }
}

/// Adds HEAD to a set that contains GET.
pub(super) const fn with_head(bits: u32) -> u32 {
    if bits & GET != 0 { bits | HEAD } else { bits }
}

/// Returns a method's bit, given the extension methods of the table.
#[inline]
pub(super) fn bit(method: &Method, extensions: &[&str]) -> u32 {
    match *method {
        Method::GET => GET,
        Method::HEAD => HEAD,
        Method::POST => 1 << 2,
        Method::PUT => 1 << 3,
        Method::PATCH => 1 << 4,
        Method::DELETE => 1 << 5,
        Method::OPTIONS => OPTIONS,
        Method::QUERY => 1 << 7,
        Method::CONNECT => 1 << 8,
        Method::TRACE => 1 << 9,
        _ => rare_bit(method.as_str(), extensions),
    }
}

/// Returns the bit of a method for which the `http` crate has no constant.
#[cold]
fn rare_bit(name: &str, extensions: &[&str]) -> u32 {
    let mut known = STANDARD.iter().chain(extensions);
    let idx = known.position(|known| *known == name);
    1 << idx.map_or(OTHER, |idx| idx as u32)
}

/// The methods that a path allows. Its `Display` output is the value of an `Allow` header.
///
/// It contains HEAD whenever it contains GET, and always OPTIONS, because the server responds to
/// both without a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowed {
    pub(super) mask: u32,
    pub(super) extensions: &'static [&'static str],
    pub(super) route: u16,
}

impl Allowed {
    /// Returns the index of the most specific route that matches the path with another method.
    pub fn route(&self) -> u16 {
        self.route
    }

    /// Returns the names of the methods, the standard ones first.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        let mask = self.mask | OPTIONS;
        STANDARD
            .iter()
            .chain(self.extensions)
            .enumerate()
            .filter(move |(idx, _)| mask >> idx & 1 == 1)
            .map(|(_, name)| *name)
    }
}

impl fmt::Display for Allowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (idx, name) in self.names().enumerate() {
            let separator = if idx == 0 { "" } else { ", " };
            write!(f, "{separator}{name}")?;
        }
        Ok(())
    }
}
