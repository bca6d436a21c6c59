//! The guards, middleware and observers of the framework. They are written with the attributes that apps use.

mod access_log;
#[cfg(feature = "basic-auth")]
mod basic_auth;
mod cross_origin;
mod csrf;
mod deprecated;
mod etag;
#[cfg(feature = "files")]
mod files;
#[cfg(feature = "idempotency")]
pub mod idempotency;
mod limits;
mod security_headers;
mod trace_context;
#[cfg(feature = "tracing")]
mod tracing;

pub use crate::{body::Outcome, chain::Next, request::PerApp};
pub use access_log::AccessLog;
pub(crate) use access_log::flush;
#[cfg(feature = "basic-auth")]
pub use basic_auth::{Account, Accounts, BasicAuth};
pub use cross_origin::{Cors, cors};
pub use csrf::Csrf;
pub use deprecated::Deprecated;
pub use etag::ETag;
#[cfg(feature = "files")]
pub use files::Files;
#[cfg(feature = "idempotency")]
pub use idempotency::Idempotent;
pub use limits::{Concurrency, Timeout, body_limit, concurrency, days, hours, millis, mins, secs};
pub use security_headers::SecurityHeaders;
pub use trace_context::{Trace, request_id};
#[cfg(feature = "tracing")]
pub use tracing::traced;
