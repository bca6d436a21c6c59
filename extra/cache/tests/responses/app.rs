//! The state of the apps of these tests.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use highball::prelude::*;
use highball_cache::responses::ResponseCache;

/// How often handlers have run.
#[derive(Debug, Clone, Default)]
pub(crate) struct Runs(Arc<AtomicUsize>);

impl Runs {
    /// Counts a run, and returns its number.
    pub(crate) fn begin(&self) -> usize {
        self.0.fetch_add(1, Relaxed) + 1
    }

    pub(crate) fn count(&self) -> usize {
        self.0.load(Relaxed)
    }
}

#[derive(Clone, State)]
pub(crate) struct AppState {
    pub(crate) responses: ResponseCache,
    pub(crate) runs: Runs,
}

impl AppState {
    pub(crate) fn new() -> Self {
        Self {
            responses: ResponseCache::new(),
            runs: Runs::default(),
        }
    }
}
