//! What was refused while serde tried: it keeps some refusals to itself.
//!
//! A flattened `Option` becomes `None` where its struct cannot be read, and an untagged enum goes to its
//! next variant. Serde makes errors by functions without a context, so they are kept by thread.

use std::cell::{Cell, RefCell};

/// The most refusals that are kept.
const MOST: usize = 4096;

thread_local! {
    static LOG: RefCell<Option<Vec<Refused>>> = const { RefCell::new(None) };
}

/// One refusal.
#[derive(Debug)]
pub(crate) struct Refused {
    /// Where the refused text is in memory, and its length: that tells the pair.
    pub(crate) text: Option<(usize, usize)>,
    /// What was expected, in serde's words; empty where it is not said.
    pub(crate) expected: String,
    /// What the type itself says.
    pub(crate) custom: Option<String>,
}

/// The refusals of one query or form.
///
/// A type may read another query while it is read, and it may panic: the refusals of the query around it
/// are put aside when a log opens, and put back when it is dropped.
#[derive(Default)]
pub(crate) struct Log {
    is_open: Cell<bool>,
    around: Cell<Option<Vec<Refused>>>,
}

impl Log {
    /// Begins to keep what is refused.
    pub(crate) fn open(&self) {
        if !self.is_open.replace(true) {
            self.around.set(LOG.replace(Some(Vec::new())));
        }
    }

    /// Returns what was refused since it was opened, or since this was called last.
    pub(crate) fn take(&self) -> Vec<Refused> {
        match self.is_open.get() {
            true => LOG.replace(Some(Vec::new())).unwrap_or_default(),
            false => Vec::new(),
        }
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        if self.is_open.get() {
            LOG.set(self.around.take());
        }
    }
}

/// Keeps a refusal, if a log is open.
pub(crate) fn note(refused: impl FnOnce() -> Refused) {
    LOG.with_borrow_mut(|log| {
        if let Some(log) = log.as_mut().filter(|log| log.len() < MOST) {
            log.push(refused());
        }
    });
}

/// Returns whether a log is open on this thread.
#[cfg(test)]
pub(crate) fn is_open() -> bool {
    LOG.with_borrow(Option::is_some)
}
