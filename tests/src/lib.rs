//! Tests that need several packages, or dependencies that the published packages do not have. See `tests/`.
