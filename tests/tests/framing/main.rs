//! Framing belongs to the server: no answer of an app and no way of refusing a request puts a
//! connection out of step, and a client hears whether it goes on.

use std::time::Duration;

mod answers;
mod app;
mod cases;
mod closing;
mod expect;
mod formats;
mod status;
mod wire;

/// Longer than anything here takes; a test that waits so long has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
