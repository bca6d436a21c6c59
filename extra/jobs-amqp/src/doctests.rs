//! Compiles the code of the page about jobs, whose sections about other backends need their packages.

#[doc = include_str!("../../../docs/how-to/jobs.md")]
struct Jobs;
