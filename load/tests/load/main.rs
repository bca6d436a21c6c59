//! The generator against servers whose behaviour is known.

mod ends;
mod failures;
mod measured;
mod merged;
mod support;
