//! The second level in Redis, and the invalidations among processes.

mod instance;
mod invalidation;
mod level;
mod options;
mod outages;
mod processes;
mod reports;
mod restarts;
