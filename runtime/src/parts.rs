//! The guards, middleware and observers that come with the framework, each on its own.

mod access_log;
#[cfg(feature = "basic-auth")]
mod basic_auth;
mod cross_origin;
mod etag;
mod security_headers;
#[cfg(feature = "tracing")]
mod span;
mod trace;

pub use access_log::AccessLog;
pub(crate) use access_log::flush;
#[cfg(feature = "basic-auth")]
pub use basic_auth::{Account, Accounts, BasicAuth};
pub use cross_origin::{Cors, cors};
pub use etag::ETag;
pub use security_headers::SecurityHeaders;
#[cfg(feature = "tracing")]
pub use span::traced;
pub use trace::{Trace, request_id};
