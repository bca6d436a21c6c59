//! Serves an app: binds its listeners, runs the server and shuts down gracefully.

use std::{future::Future, marker::PhantomData, sync::Arc};

use http::request::Parts;

use crate::{
    app::{App, RoutedRequest, handle_request, route_request},
    body::RequestBody,
    chain::Endpoint,
    request::{Connected, Shared, Transport},
    response::{Rejection, Response},
    server::{HttpApp, InvalidRequest},
};

mod banner;
mod blocked;
mod builder;
mod health;
mod hook;
mod listeners;
mod run;
mod shutdown;
mod stall_watch;
mod supervisor;
mod workers;

use self::builder::Setup;
#[cfg(feature = "tls")]
pub use crate::server::Tls;
pub use crate::{
    config::Config,
    events::{ServerCounts, server_counts},
    pool::{Pooled, Pools, pools},
    request::{Capacity, Origin, Proxies},
    server::{Incoming, Listener},
    tasks::Stopping,
};
pub use builder::{Serve, ServeWith};
pub use health::{livez, readyz};

/// Serves an app on `PORT`, or on port 8080, until SIGTERM or Ctrl-C.
///
/// Await the returned [`Serve`]. Its methods add listeners, hooks and state, and
/// [`Config`](crate::Config) has the limits and timeouts. The future ends when the last connection
/// has ended or the shutdown deadline has passed. Dropping the future cuts every connection.
///
/// # Examples
/// ```no_run
/// use highball::prelude::*;
///
/// #[get("/")]
/// async fn hello() -> &'static str {
///     "hello"
/// }
///
/// #[routes(app)]
/// struct Api(hello);
///
/// #[highball::main]
/// async fn main() -> highball::Result {
///     highball::serve(Api).await
/// }
/// ```
///
/// # Errors
/// Fails if a setting is invalid, if an address cannot be bound or if a hook fails.
///
/// # Cancel safety
/// The future is not cancel safe: dropping it cuts every connection and runs no stop hook.
pub fn serve<A: App>(app: A) -> Serve<A> {
    let _ = app;
    Serve::new()
}

/// Implements the server's [`HttpApp`] for an app and its state.
struct Served<A, S> {
    shared: Arc<Shared<S>>,
    app: PhantomData<fn() -> A>,
}

impl<A: App + Endpoint<S>, S: Send + Sync + 'static> HttpApp for Served<A, S> {
    type Session = Arc<Connected<S>>;

    fn connect(self: &Arc<Self>, origin: &Transport) -> Arc<Connected<S>> {
        Arc::new(Connected {
            shared: Arc::clone(&self.shared),
            origin: origin.clone(),
        })
    }

    type RoutedRequest = RoutedRequest<S>;

    fn route(connection: Arc<Connected<S>>, head: Parts, body: RequestBody) -> RoutedRequest<S> {
        route_request::<A, S>(connection, head, body)
    }

    fn respond(request: RoutedRequest<S>) -> impl Future<Output = Response> + Send + 'static {
        handle_request::<A, S>(request)
    }

    fn stop(&self) {
        self.shared.tasks.stop();
    }

    async fn wait_for_tasks(&self) {
        self.shared.tasks.wait().await;
    }

    fn reject(reason: InvalidRequest) -> Response {
        Rejection::new(reason.status(), reason.detail()).problem()
    }
}

/// Runs a future on a new multi-threaded tokio runtime, as `#[highball::main]` does.
///
/// The runtime has one worker thread for each core.
///
/// # Examples
/// ```
/// let sum = highball::block_on(async { 1 + 2 });
/// assert_eq!(sum, 3);
/// ```
///
/// # Panics
/// Panics if the operating system cannot create the threads of the runtime, or if it is called
/// inside of a runtime.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    runtime
        .expect("the operating system can create the runtime's threads")
        .block_on(future)
}
