//! The page about pools: its code is compiled and run as documentation tests. The README is the documentation of the
//! crate.

#[doc = include_str!("../../../docs/how-to/object-pools.md")]
struct PoolObjects;
