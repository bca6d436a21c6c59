//! The attribute macros of Highball.
