//! Reads which routes the threads run, for a profiler.

use std::fmt;

use crate::{
    request::{Watching, running_route},
    routes::Route,
};

/// Observes which route each thread runs.
///
/// A profiler reads it from a separate thread, some hundred times a second. While it exists, each poll of a request
/// stores its route: three relaxed stores. Drop it to end this.
///
/// # Examples
/// ```
/// use highball::{battery::RunningRoutes, prelude::*};
///
/// #[get("/report")]
/// async fn report() {}
///
/// #[routes(app)]
/// struct Api(report);
///
/// # fn main() {
/// let running = RunningRoutes::of(Api::ROUTES);
/// // No thread runs a request now.
/// running.visit(|thread, route| unreachable!("{thread} {route:?}"));
/// # }
/// ```
pub struct RunningRoutes {
    /// Makes threads publish the route that they run, until it is dropped.
    _watching: Watching,
    routes: &'static [Route],
}

impl RunningRoutes {
    /// Observes the requests of an app with these routes, as
    /// [`Hooks::routes`](crate::battery::Hooks::routes) returns them.
    pub fn of(routes: &'static [Route]) -> Self {
        Self {
            _watching: Watching::start(),
            routes,
        }
    }

    /// Calls the function for each thread that runs a request, with the id of the thread and the index of the route.
    ///
    /// The index is `None` if no route matched, or if the request is one of another app. The id names the thread in
    /// `/proc/self/task`. On other systems than Linux the function is never called.
    pub fn visit(&self, mut see: impl FnMut(u32, Option<usize>)) {
        for mark in running_route::threads().iter() {
            if let (Some(thread), Some((_poll, route))) = (mark.thread(), mark.now()) {
                see(thread, self.index(route));
            }
        }
    }

    /// Returns the index of the route with this address.
    fn index(&self, address: usize) -> Option<usize> {
        let offset = address.checked_sub(self.routes.as_ptr().addr())?;
        let index = offset / size_of::<Route>();
        (index < self.routes.len()).then_some(index)
    }
}

impl fmt::Debug for RunningRoutes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunningRoutes").finish_non_exhaustive()
    }
}
