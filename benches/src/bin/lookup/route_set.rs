//! Sets of routes, and requests to them.

use highball::__private::STANDARD;
use http::Method;

/// The number of methods that the routers distinguish.
pub const N_METHODS: usize = STANDARD.len();

/// Routes, and requests to them.
pub struct RouteSet {
    pub name: String,
    /// The routes: the index of the method, and the pattern.
    pub routes: Vec<(usize, String)>,
    pub requests: Vec<Request>,
}

/// A request, parsed to the extent that hyper parses it.
pub struct Request {
    pub method: Method,
    pub method_idx: usize,
    pub path: String,
    /// The expected route, or `None` for a miss.
    pub route: Option<usize>,
}
