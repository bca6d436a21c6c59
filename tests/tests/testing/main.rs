//! The test client, and the replacement of guards and middleware in tests.

mod replaced_parts;
mod requests;
mod streams;
