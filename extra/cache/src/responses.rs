//! Responses of routes, stored and computed once: the options [`cached`](struct@cached) and
//! [`invalidates`](struct@invalidates), and [`ResponseCache`], the part of the app state that stores the responses.

mod builder;
mod cache;
mod changes;
mod compute;
mod etag;
#[cfg(feature = "redis")]
mod hex;
#[cfg(feature = "redis")]
mod json;
mod names;
mod option;
mod plan;
mod policy;
mod reply;
mod serve;
mod stored;

pub use builder::Builder;
pub use cache::{ResponseCache, RouteStats};
pub use changes::{Changes, invalidates};
pub use option::{Shared, cached};
