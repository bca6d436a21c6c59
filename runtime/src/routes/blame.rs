//! Names a route's handler in log messages.

use std::fmt;

use crate::routes::info::Route;

/// The handler that a log message names, with its file and line.
///
/// A middleware may have caused the mistake, but a response does not record that. The handler is
/// the place to start the search.
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
            None => f.write_str("the response to a path without a route"),
        }
    }
}
