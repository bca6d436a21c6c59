#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod by_route;
mod cmdline;
mod cpu;
#[cfg(doctest)]
mod doctests;
mod encode;
mod index;
mod page;
mod profiler;
mod profiles;
mod proof;
mod proto;
mod query;
mod sampler;
mod symbols;
mod turn;

pub use profiler::Profiler;
pub use profiles::Profiles;
