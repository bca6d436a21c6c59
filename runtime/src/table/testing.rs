//! The slow matcher that the table is compared with, and inputs for both.
//!
//! The benches and the fuzz target include these files too, each below a module of its own that has
//! the same names, so that they import from `super` only.

pub(super) mod differ;
mod generate;
mod oracle;
pub(super) mod parse;

use super::{Allowed, Captures, Found, Parts, Plan, Table, capacity, clashes};
use crate::routes::{Methods, STANDARD, Segment, Shape, Slash};
