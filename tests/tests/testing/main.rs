//! The test client, and the values that a test puts in the place of guards and middleware.

mod replaced_parts;
mod requests;
mod streams;
