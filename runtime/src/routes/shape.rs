//! The data of a route that the table uses.

use crate::routes::segment::{Methods, Segment, Slash};

/// The limit of parameters in a pattern.
pub(crate) const MAX_PARAMS: usize = 16;

/// The limit of segments in a pattern.
pub(crate) const MAX_SEGMENTS: usize = 32;

/// The limit of routes in a table.
pub(crate) const MAX_ROUTES: usize = u16::MAX as usize;

/// The data of one route that the table uses.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// The methods of the route.
    pub methods: Methods,
    /// The segments of its complete pattern. `/` has none.
    pub segments: &'static [Segment],
    /// How a path with another trailing slash is served.
    pub slash: Slash,
}

impl Shape {
    /// Returns whether the pattern has more segments or parameters than a table supports.
    ///
    /// The table skips such a route. A check has reported it, so the app does not compile.
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

    /// Returns the segments of a matching path, in which `/` has one empty segment.
    pub(crate) const fn full_segments(&self) -> &'static [Segment] {
        if self.segments.is_empty() {
            return &[EMPTY];
        }
        self.segments
    }
}

/// The empty segment after a trailing slash.
pub(crate) const EMPTY: Segment = Segment::Static("");
