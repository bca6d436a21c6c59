//! Routes, and requests to them.

use highball::__private::STANDARD;
use http::Method;

/// How many methods the routers are made for.
pub const N_METHODS: usize = STANDARD.len();

/// Routes and requests.
pub struct RouteSet {
    pub name: String,
    /// The index of each route's method, and its pattern.
    pub routes: Vec<(usize, String)>,
    pub requests: Vec<Request>,
}

/// A request, parsed as far as hyper parses it.
pub struct Request {
    pub method: Method,
    pub method_idx: usize,
    pub path: String,
    /// The route that must be found.
    pub route: Option<usize>,
}
