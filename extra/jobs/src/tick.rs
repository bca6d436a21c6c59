//! The job of a schedule.

use serde::{Deserialize, Serialize};

use crate::Job;

/// The job of each `#[cron]`, whose function takes none.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Tick {
    /// When it was due, in milliseconds since 1970.
    pub at: i64,
}

impl Job for Tick {
    const NAME: &'static str = "cron";
    const TYPE: &'static str = "highball_jobs::Tick";
}
