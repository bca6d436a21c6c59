//! The settings of a pool.

use std::time::Duration;

use sqlx::migrate::Migrator;

/// The longest lifetime of a connection: about a hundred years.
const LONGEST: Duration = Duration::from_secs(100 * 366 * 24 * 60 * 60);

/// The settings of a pool, with their defaults.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) min_idle: usize,
    pub(crate) max: usize,
    pub(crate) wait: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) lifetime: Duration,
    pub(crate) idle_timeout: Duration,
    /// A connection is checked before it is used if it has not been seen to work for longer.
    pub(crate) check_after: Duration,
    /// The wait from which requests are rejected, if the queue does not drain.
    pub(crate) shed_after: Duration,
    /// A connection that is held for longer is reported.
    pub(crate) report_after: Duration,
    /// Whether the app works without the database.
    pub(crate) is_optional: bool,
    /// How long the start waits for the database.
    pub(crate) startup: Duration,
    /// They run before the first request.
    pub(crate) migrations: Option<Migrator>,
}

impl Options {
    /// Returns the lifetime of a connection, shortened by up to a tenth, so that connections which were opened together
    /// do not end together.
    pub(crate) fn spread_lifetime(&self) -> Duration {
        use std::hash::{BuildHasher, RandomState};

        let time = self.lifetime.min(LONGEST);
        let random = RandomState::new().hash_one(0_u8) % 1000;
        time - time / 10 * u32::try_from(random).unwrap_or(0) / 1000
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            min_idle: 5,
            max: 20,
            wait: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(5),
            lifetime: Duration::from_secs(30 * 60),
            idle_timeout: Duration::from_secs(10 * 60),
            check_after: Duration::from_secs(5),
            shed_after: Duration::from_millis(100),
            report_after: Duration::from_secs(60),
            is_optional: false,
            startup: Duration::ZERO,
            migrations: None,
        }
    }
}
