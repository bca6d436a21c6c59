//! A log of the errors that occur during deserialization, because serde hides some of them.
//!
//! A flattened `Option` becomes `None` if its struct cannot be deserialized, and an untagged enum tries its next
//! variant. The functions of serde that create errors have no context argument, so the log is thread-local.

use std::cell::{Cell, RefCell};

/// The maximum number of errors in the log.
const MAX_ERRORS: usize = 4096;

thread_local! {
    static LOG: RefCell<Option<Vec<LoggedError>>> = const { RefCell::new(None) };
}

/// One error.
#[derive(Debug)]
pub(crate) struct LoggedError {
    /// The address and the length of the rejected text, which identify its pair.
    pub(crate) text: Option<(usize, usize)>,
    /// The text of serde for the expected value, or `""`.
    pub(crate) expected: String,
    /// The message of the type itself.
    pub(crate) custom: Option<String>,
}

/// The log of one query or form.
///
/// A type may deserialize another query inside its own deserialization, and it may panic. So the log of the outer query
/// is stored when an inner one starts, and restored when that is dropped.
#[derive(Default)]
pub(crate) struct ErrorLog {
    is_started: Cell<bool>,
    outer: Cell<Option<Vec<LoggedError>>>,
}

impl ErrorLog {
    /// Starts to record errors.
    pub(crate) fn start(&self) {
        if !self.is_started.replace(true) {
            self.outer.set(LOG.replace(Some(Vec::new())));
        }
    }

    /// Returns the errors since the start or since the last call.
    pub(crate) fn take(&self) -> Vec<LoggedError> {
        match self.is_started.get() {
            true => LOG.replace(Some(Vec::new())).unwrap_or_default(),
            false => Vec::new(),
        }
    }
}

impl Drop for ErrorLog {
    fn drop(&mut self) {
        if self.is_started.get() {
            LOG.set(self.outer.take());
        }
    }
}

/// Records an error if a log was started on this thread.
pub(crate) fn record(error: impl FnOnce() -> LoggedError) {
    LOG.with_borrow_mut(|log| {
        if let Some(log) = log.as_mut().filter(|log| log.len() < MAX_ERRORS) {
            log.push(error());
        }
    });
}

/// Returns whether a log was started on this thread.
#[cfg(test)]
pub(crate) fn is_recording() -> bool {
    LOG.with_borrow(Option::is_some)
}
