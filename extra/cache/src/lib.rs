#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
#[cfg(feature = "highball")]
mod battery;
mod builder;
mod cache;
mod compute;
#[cfg(all(doctest, feature = "highball"))]
mod doctests;
mod early;
mod enter;
mod entry;
mod error;
mod flight;
#[cfg(all(test, highball_loom))]
mod model;
#[cfg(feature = "redis")]
mod redis;
#[cfg(feature = "highball")]
pub mod responses;
mod shared;
mod stats;
mod store;
mod sync;
mod tags;
mod tasks;

#[cfg(feature = "highball")]
#[cfg_attr(docsrs, doc(cfg(feature = "highball")))]
pub use battery::CacheBattery;
pub use builder::Builder;
pub use cache::Cache;
pub use error::LoadError;
/// # Examples
/// ```
/// use std::io;
///
/// use highball_cache::{LoadError, Tag, cache};
///
/// #[derive(Clone)]
/// struct Db;
///
/// fn product(id: u64) -> Tag {
///     Tag::new("product", id)
/// }
///
/// #[cache(ttl = mins(5), stale = mins(30), on_error = hours(2), soft = millis(80), tags(product(id)))]
/// async fn price(id: u64, currency: &str, #[skip] db: &Db) -> Result<u32, io::Error> {
///     Ok(5) // A slow query.
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), LoadError> {
/// assert_eq!(price(17, "EUR", &Db).await?, 5);
///
/// price::invalidate(17, "EUR");
/// price::cache().invalidate_tag(product(17));
/// let key = price { id: 17, currency: "EUR".to_owned() };
/// assert_eq!(price::cache().peek(&key), None);
/// # Ok(())
/// # }
/// ```
pub use highball_cache_macros::cache;
#[cfg(feature = "redis")]
#[cfg_attr(docsrs, doc(cfg(feature = "redis")))]
pub use redis::{NotPublished, Redis, redis_client};
pub use stats::Stats;
pub use tags::{Tag, Tags};
