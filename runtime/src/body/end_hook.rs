//! What runs when the body of a response has ended.

use std::fmt;

use super::Outcome;

/// Counts what is sent of a body, and runs once when it has ended.
pub(crate) trait EndHook: fmt::Debug + Send + Sync {
    /// Counts bytes that are given to the connection.
    fn sent(&mut self, bytes: usize);

    /// Notes how the body has ended. Only the first note counts.
    fn ended(&mut self, outcome: Outcome);

    /// Runs after the last frame, or when the body is dropped before it.
    fn finish(self: Box<Self>);
}

/// Owns a hook, and finishes it when it is dropped.
#[derive(Debug)]
pub(crate) struct OnEnd(Option<Box<dyn EndHook>>);

impl OnEnd {
    pub(crate) fn new(hook: Box<dyn EndHook>) -> Self {
        Self(Some(hook))
    }

    /// Returns the hook, for counting.
    pub(crate) fn hook(&mut self) -> Option<&mut (dyn EndHook + 'static)> {
        self.0.as_deref_mut()
    }
}

impl Drop for OnEnd {
    fn drop(&mut self) {
        if let Some(hook) = self.0.take() {
            hook.finish();
        }
    }
}
