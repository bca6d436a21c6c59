//! Batteries: packages that join a server, such as pools, sessions and queues.
//!
//! A battery implements [`Battery`], and an app adds it with [`Serve::install`](crate::serve::Serve::install). Its
//! extractors and middleware state [`Facts`](crate::extract::Facts), and an extractor may open a
//! [`Scope`](crate::extract::Scope) around a handler.

#[cfg(unix)]
pub use crate::serve::launch::Launch;
pub use crate::{
    request::RunningRoutes,
    serve::{
        battery::{Battery, Hooks},
        control::Control,
        registry::{Gauge, Page, Registry, Row},
    },
};
