//! The code of the pages about databases, as documentation tests.

#[doc = include_str!("../README.md")]
struct Readme;

#[doc = include_str!("../../../docs/how-to/pool.md")]
struct Pools;
