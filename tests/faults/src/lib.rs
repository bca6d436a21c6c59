//! Faults for the tests of packages that use a backend.
//!
//! - [`Proxy`] forwards connections to any address, and delays, stalls, limits and cuts them.
//! - [`Clients`] sends HTTP requests and closes the connections before the response.

mod clients;
mod proxy;
mod random;

pub use clients::{Clients, Leave, Outcome, Part, Waiting};
pub use proxy::{Connect, Counts, Direction, Proxy};
