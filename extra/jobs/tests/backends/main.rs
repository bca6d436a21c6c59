//! The backends pass the tests of backends, and what is special about each.

mod clocks;
mod conformance;
mod long_queues;
mod messages;
mod places;
