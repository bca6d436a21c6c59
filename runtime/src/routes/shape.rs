//! The part of a route that the table is made of.

use crate::routes::segment::{Methods, Segment, Slash};

/// How many parameters a pattern may have.
pub(crate) const MAX_PARAMS: usize = 16;

/// How many segments a pattern may have.
pub(crate) const MAX_SEGMENTS: usize = 32;

/// How many routes a table may have.
pub(crate) const MAX_ROUTES: usize = u16::MAX as usize;

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
    pub(crate) const fn full_segments(&self) -> &'static [Segment] {
        if self.segments.is_empty() {
            return &[EMPTY];
        }
        self.segments
    }
}

/// The segment behind a trailing slash.
pub(crate) const EMPTY: Segment = Segment::Static("");
