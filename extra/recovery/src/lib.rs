#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(doctest)]
mod doctests;
#[cfg(unix)]
mod supervisor;

#[cfg(unix)]
pub use supervisor::Supervisor;
