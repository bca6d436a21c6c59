//! A client that `highball-openapi` has written. `tests/client` compares it with its server.

pub mod shop;
