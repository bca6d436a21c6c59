//! Routes that must not compile. `tests/inserts.rs` compiles this file with a `cfg` and reads the errors.
#![allow(missing_docs, unreachable_pub)]

#[cfg(refused = "patterns")]
mod patterns {
    include!(concat!(env!("OUT_DIR"), "/refused_patterns.rs"));
}

#[cfg(refused = "conflicts")]
mod conflicts {
    include!(concat!(env!("OUT_DIR"), "/refused_conflicts.rs"));
}

fn main() {}
