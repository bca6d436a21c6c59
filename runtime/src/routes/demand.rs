//! The demands of a group on each route below it, `every(..)`.

use crate::{const_text::ErrorText, routes::part::PartInfo};

/// One demand of `every(..)`: each route has one of these parts around it, or it is marked `public`.
#[derive(Debug, Clone, Copy)]
pub struct Demand {
    /// The group with the demand.
    pub(super) group: &'static str,
    pub(super) parts: &'static [DemandedPart],
    /// Whether a route may have the word `public` instead.
    pub(super) allows_public: bool,
}

/// A part that a demand names.
#[derive(Debug, Clone, Copy)]
pub struct DemandedPart {
    /// Its name as written in `every(..)`.
    pub(super) written: &'static str,
    pub(super) info: PartInfo,
}

impl DemandedPart {
    /// Creates the name of a part.
    pub const fn new(written: &'static str, info: PartInfo) -> Self {
        Self { written, info }
    }
}

/// Fails to compile if `every(..)` cannot demand a part.
#[track_caller]
pub const fn assert_demanded(written: &str, is_part: u8, info: &PartInfo) {
    let text = ErrorText::EMPTY.with("`").with(written);
    if is_part == 0 {
        let text = text.with("` cannot be demanded, because it is neither a guard nor a middleware nor an observer: name one that the routes have in `with(..)`");
        panic!("{}", text.as_str())
    }
    if info.is_generic {
        let text = text.with("` cannot be demanded, because `every(..)` does not compare type parameters: name a guard without them, a function that checks the same");
        panic!("{}", text.as_str())
    }
}

impl Demand {
    /// Creates a demand of the group with this name.
    pub const fn new(
        group: &'static str,
        parts: &'static [DemandedPart],
        allows_public: bool,
    ) -> Self {
        Self {
            group,
            parts,
            allows_public,
        }
    }
}
