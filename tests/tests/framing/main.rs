//! Message framing: no response of an app and no rejection desynchronizes a connection, and each response shows whether
//! the connection stays open.

use std::time::Duration;

mod answers;
mod app;
mod cases;
mod closing;
mod expect;
mod formats;
mod status;
mod wire;

/// The time after which a test fails. Every step takes much less.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
