//! Apps as a whole: declarations of routes, errors and panics, limits of routes, capacity, and apps as tower services.

mod capacity;
mod declarations;
mod errors;
mod panic_payloads;
mod panics;
mod route_limits;
mod tower;
