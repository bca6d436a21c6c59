//! Names the handler of a route in messages for the log.

use std::fmt;

use crate::routes::info::Route;

/// The handler that a message is about: its name, file and line.
///
/// What is wrong with a response may be the work of a middleware, which leaves no trace on it, so
/// the handler is where to start looking.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Blame(pub(crate) Option<&'static Route>);

impl fmt::Display for Blame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(route) => write!(
                f,
                "`{}` ({}:{})",
                route.handler(),
                route.file(),
                route.line()
            ),
            None => f.write_str("a group's answer to a path without a route"),
        }
    }
}
