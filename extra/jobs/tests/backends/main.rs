//! The backends pass the tests of backends, and what is special about each.

mod conformance;
mod messages;
mod places;
