//! A hook that runs when the body of a response has ended.

use std::fmt;

use super::Outcome;

/// A hook that counts the bytes of a body and runs once when the body has ended.
pub(crate) trait EndHook: fmt::Debug + Send + Sync {
    /// Counts bytes that are passed to the connection.
    fn sent(&mut self, bytes: usize);

    /// Records how the body has ended. Only the first call counts.
    fn ended(&mut self, outcome: Outcome);

    /// Runs after the last frame, or when the body is dropped before it.
    fn finish(self: Box<Self>);
}

/// The owner of a hook, which runs the hook when it is dropped.
#[derive(Debug)]
pub(crate) struct OnEnd(Option<Box<dyn EndHook>>);

impl OnEnd {
    pub(crate) fn new(hook: Box<dyn EndHook>) -> Self {
        Self(Some(hook))
    }

    /// Returns the hook, to report frames to it.
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
