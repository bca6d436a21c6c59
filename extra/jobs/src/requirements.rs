//! The requirements of consumers.

use std::time::Duration;

/// The requirements of a consumer for the backend of its jobs. Workers check it at their start.
///
/// # Examples
/// ```
/// use std::time::Duration;
///
/// use highball_jobs::backend::Requirements;
///
/// let email = Requirements { timeout: Some(Duration::from_secs(30)), ..Requirements::of("email") };
/// assert_eq!(email.rate, None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirements {
    /// The name of the jobs.
    pub name: &'static str,
    /// The longest time of an attempt. Without one, it may take forever.
    pub timeout: Option<Duration>,
    /// The most starts in a second, in all processes.
    pub rate: Option<u32>,
    /// Whether a schedule publishes the jobs.
    pub is_scheduled: bool,
}

impl Requirements {
    /// Returns the requirements of a consumer without options.
    pub fn of(name: &'static str) -> Self {
        Self {
            name,
            timeout: None,
            rate: None,
            is_scheduled: false,
        }
    }
}
