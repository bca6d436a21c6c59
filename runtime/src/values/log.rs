//! What was refused while serde tried: it keeps some refusals to itself.
//!
//! A flattened `Option` becomes `None` where its struct cannot be read, and an untagged enum goes to its
//! next variant. Serde makes errors by functions without a context, so they are kept by thread.

use std::cell::RefCell;

/// The most refusals that are kept.
const MOST: usize = 4096;

thread_local! {
    static LOG: RefCell<Option<Vec<Refused>>> = const { RefCell::new(None) };
}

/// One refusal.
#[derive(Debug)]
pub(super) struct Refused {
    /// Where the refused text is in memory, and its length: that tells the pair.
    pub(super) text: Option<(usize, usize)>,
    /// What was expected, in serde's words; empty where it is not said.
    pub(super) expected: String,
}

/// Begins to keep what is refused.
pub(super) fn open() {
    LOG.with_borrow_mut(|log| {
        log.get_or_insert_default();
    });
}

/// Keeps a refusal, where that was begun.
pub(super) fn note(refused: impl FnOnce() -> Refused) {
    LOG.with_borrow_mut(|log| {
        if let Some(log) = log.as_mut().filter(|log| log.len() < MOST) {
            log.push(refused());
        }
    });
}

/// Ends it, and returns what was refused.
pub(super) fn take() -> Vec<Refused> {
    LOG.take().unwrap_or_default()
}
