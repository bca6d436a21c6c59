#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod builder;
mod cache;
mod early;
mod enter;
mod entry;
mod error;
mod flight;
mod shared;
mod stats;
mod store;
mod sync;
mod tags;
mod tasks;

pub use builder::Builder;
pub use cache::Cache;
pub use error::LoadError;
pub use stats::Stats;
pub use tags::{Tag, Tags};
