//! A slow matcher that the table is compared with, and a generator of inputs for both.
//!
//! The benches and the fuzz target include these files as well, below a module with the same names.
//! So these files import from `super` only.

pub(super) mod differ;
mod generate;
mod oracle;
pub(super) mod parse;

use super::{Allowed, Captures, Found, Parts, Plan, Table, capacity};
use crate::routes::{Methods, STANDARD, Segment, Shape, Slash};
