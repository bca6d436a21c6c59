//! Tests that need what the published crates forbid themselves; see `tests/`.
