//! The value that a panic carries: its message, and how it is dropped.

use std::{
    any::Any,
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// Returns what a panic said.
pub(crate) fn panic_cause(payload: Box<dyn Any + Send>) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let cause = format!(
        "panicked: {}",
        text.unwrap_or("with a value that is no text")
    );
    discard(payload);
    cause
}

/// Drops what a panic was started with: that is a value of the app's, whose `Drop` may panic again.
#[expect(
    clippy::mem_forget,
    reason = "dropping the second value could panic without an end"
)]
pub(crate) fn discard(payload: Box<dyn Any + Send>) {
    if let Err(again) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        // It may go on for ever.
        mem::forget(again);
    }
}
