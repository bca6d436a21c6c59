#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "highball")]
mod battery;
mod builder;
#[cfg(all(doctest, feature = "highball"))]
mod doctests;
mod error;
mod make;
mod place;
mod pool;
mod pooled;
mod shared;
mod state;
mod stats;
mod waiting;

pub use builder::Builder;
pub use error::TakeError;
pub use pool::ObjectPool;
pub use pooled::Pooled;
pub use stats::Stats;
