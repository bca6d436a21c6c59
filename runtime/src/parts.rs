//! The guards, middleware and observers that come with the framework, each on its own.

mod access_log;

pub use access_log::AccessLog;
pub(crate) use access_log::flush;
