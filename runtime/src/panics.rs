//! The payload of a panic: its message, and how it is dropped.

use std::{
    any::Any,
    fmt, mem,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// The message of a panic, as the cause of a rejection.
///
/// It is a separate type so that the log can leave the message out: the panic hook has reported it.
#[derive(Debug)]
pub(crate) struct PanicCause(String);

impl PanicCause {
    /// Takes the message out of the payload of a panic.
    pub(crate) fn new(payload: Box<dyn Any + Send>) -> Self {
        let text = payload.downcast_ref::<&str>().copied();
        let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        let message = text
            .unwrap_or("with a value that is not a string")
            .to_owned();
        discard(payload);
        Self(message)
    }
}

impl fmt::Display for PanicCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "panicked: {}", self.0)
    }
}

impl std::error::Error for PanicCause {}

/// Drops the payload of a panic. It is a value of the app, so its `Drop` may panic again.
#[expect(
    clippy::mem_forget,
    reason = "dropping the second value could panic without an end"
)]
pub(crate) fn discard(payload: Box<dyn Any + Send>) {
    if let Err(again) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        // Dropping this payload too could panic again, and so on without end.
        mem::forget(again);
    }
}
