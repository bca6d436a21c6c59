//! The file passes the tests of backends, and what is special about it.

mod conformance;
mod crash;
mod drops;
mod files;
mod place;
mod restarts;
mod shop;
