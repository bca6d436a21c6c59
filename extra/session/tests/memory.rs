//! The store in memory passes the tests of stores.

use highball_session::{store::Memory, store_conformance};

store_conformance!(|| async { Memory::new() });
