//! Runs the generator against servers with known behaviour.

mod ends;
mod failures;
mod measured;
mod merged;
mod support;
