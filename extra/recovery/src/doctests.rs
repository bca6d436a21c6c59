//! Compiles the code of the pages.

#[doc = include_str!("../../../docs/how-to/recovery.md")]
struct Recovery;

#[doc = include_str!("../../../docs/how-to/systemd.md")]
struct Systemd;
