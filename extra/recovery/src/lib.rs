#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod action;
mod audit;
#[cfg(doctest)]
mod doctests;
mod engine;
#[cfg(unix)]
mod file_lock;
mod hook;
mod lock;
mod recovery;
mod routes;
#[cfg(feature = "db")]
mod sql_lock;
mod state;
#[cfg(unix)]
mod supervisor;
mod webhook;

pub use action::{
    Chain, First, Next, Restart, drain, restart, restart_first, rollback, scale, shed_background,
};
#[cfg(unix)]
pub use file_lock::FileLock;
pub use hook::Hook;
pub use lock::{Lock, Locking};
pub use recovery::{Builder, Recovery};
pub use routes::{alerts, decisions};
#[cfg(feature = "db")]
#[cfg_attr(docsrs, doc(cfg(feature = "db")))]
pub use sql_lock::SqlLock;
#[cfg(unix)]
pub use supervisor::Supervisor;
