//! The stores in SQL and in Redis.

mod app;
mod backends;
mod conformance;
mod costs;
mod faults;
mod increments;
mod kept;
mod kills;
mod secrets;
mod tables;
