//! The stores in SQL and in Redis.

mod app;
mod backends;
mod conformance;
mod increments;
