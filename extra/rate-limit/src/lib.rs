#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod counts;
mod key;
mod limit;
mod quota;

pub use key::{LimitKey, PerClient};
pub use limit::{RateLimit, rate_limit};
