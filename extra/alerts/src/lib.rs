#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod board;
mod committed;
#[cfg(doctest)]
mod doctests;
mod receivers;

pub use board::Dashboard;
pub use receivers::{Receivers, Secret, Sms, forward};
