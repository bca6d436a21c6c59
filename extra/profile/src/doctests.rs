//! Compiles the code of the pages.

#[doc = include_str!("../../../docs/how-to/profiles.md")]
struct Profiles;
