//! Serving an app: from the addresses it listens on to a graceful stop.

use std::{
    fmt,
    future::{Future, IntoFuture},
    marker::PhantomData,
    pin::Pin,
    sync::Arc,
    time::Duration,
};

use http::request::Parts;

use crate::{
    app::{App, RoutedRequest, exchange},
    body::RequestBody,
    chain::Endpoint,
    error::Result,
    request::{Check, Connected, Shared, Transport},
    response::{Rejection, Response},
    server::{HttpApp, Refusal, StopFuture},
};

mod banner;
mod blocked;
mod health;
mod hook;
mod listeners;
mod run;
mod shutdown;
mod stall_watch;
mod supervisor;
mod workers;

use self::hook::Hook;
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
pub use health::{livez, readyz};

/// Serves an app on `PORT` (or 8080) until SIGTERM or Ctrl-C.
///
/// What else it listens on, and what it allows a client, say [`Serve`]'s methods and [`Config`].
/// The future ends when the last connection has ended, or the deadline of the stop has passed.
/// Dropping it cuts every connection.
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
/// Where a setting is not what it should be, an address cannot be listened on, or a hook fails.
pub fn serve<A: App>(app: A) -> Serve<A> {
    let _ = app;
    Serve {
        setup: Setup::default(),
        kind: PhantomData,
    }
}

/// An app that is about to be served; `.await` it.
#[must_use = "the app is served by `.await`"]
pub struct Serve<A, K = Stateless> {
    setup: Setup,
    kind: PhantomData<fn() -> (A, K)>,
}

/// An app without state.
#[derive(Debug)]
pub struct Stateless;

/// An app with its state: all that is left is to run it.
#[must_use = "the app is served by `.await`"]
pub struct ServeWith {
    setup: Setup,
    run: Box<dyn FnOnce(Setup) -> Running + Send>,
}

type Running = Pin<Box<dyn Future<Output = Result> + Send>>;

/// What is the same for every app.
#[derive(Default)]
struct Setup {
    config: Config,
    listeners: Vec<Listener>,
    capacity: Option<Capacity>,
    proxies: Option<Proxies>,
    checks: Vec<Check>,
    on_start: Vec<Hook>,
    on_stop: Vec<Hook>,
    quiet: bool,
    stop: Option<StopFuture>,
}

impl<A: App> Serve<A> {
    /// Gives the app its state: a struct that derives `State`.
    pub fn state<S>(self, state: S) -> ServeWith
    where
        A: Endpoint<S>,
        S: Send + Sync + 'static,
    {
        let shared = Shared::new(state);
        ServeWith {
            setup: self.setup,
            run: Box::new(|setup| Box::pin(run::run::<A, S>(setup, shared))),
        }
    }
}

/// The settings, for an app with and without state.
macro_rules! settings {
    ($($ty:ty [$($generics:tt)*]),*) => {$(
        impl<$($generics)*> $ty {
            /// Listens here; each call adds one more place.
            ///
            /// It takes an address, a bound listener of tokio's, or a [`Listener`]. Without it the
            /// server listens where the environment says, or on port 8080.
            pub fn listen(mut self, listener: impl Into<Listener>) -> Self {
                self.setup.listeners.push(listener.into());
                self
            }

            /// Makes these the settings, in place of the defaults.
            pub fn config(mut self, config: Config) -> Self {
                self.setup.config = config;
                self
            }

            /// Lets these proxies say whom a request is from; without it nobody is believed.
            pub fn proxies(mut self, proxies: Proxies) -> Self {
                self.setup.proxies = Some(proxies);
                self
            }

            /// Answers so many requests at once, by their priorities; without it nothing waits.
            pub fn capacity(mut self, capacity: Capacity) -> Self {
                self.setup.capacity = Some(capacity);
                self
            }

            /// Adds a check to [`readyz`](crate::readyz()): the server is ready while it succeeds
            /// within this time.
            pub fn check<F>(
                mut self,
                name: &str,
                within: Duration,
                check: impl Fn() -> F + Send + Sync + 'static,
            ) -> Self
            where
                F: Future<Output = Result> + Send + 'static,
            {
                self.setup.checks.push(Check::new(name.to_owned(), within, check));
                self
            }

            /// Adds a start hook: it runs before the first request is taken, after those added before.
            ///
            /// By then the server listens, so clients wait and are not refused. A hook that fails, or
            /// takes longer than this time, is the error that serving ends with.
            pub fn on_start<F>(mut self, name: &str, within: Duration, hook: F) -> Self
            where
                F: Future<Output = Result> + Send + 'static,
            {
                self.setup.on_start.push(Hook::new(name, within, hook));
                self
            }

            /// Adds a stop hook: it runs when the last connection has ended, after those added before.
            ///
            /// A hook that fails, or takes longer than this time, holds none of the others up; the
            /// first failure is the error that serving ends with.
            pub fn on_stop<F>(mut self, name: &str, within: Duration, hook: F) -> Self
            where
                F: Future<Output = Result> + Send + 'static,
            {
                self.setup.on_stop.push(Hook::new(name, within, hook));
                self
            }

            /// Stops when this future ends, in place of SIGTERM and Ctrl-C.
            pub fn stop(mut self, stop: impl Future<Output = ()> + Send + 'static) -> Self {
                self.setup.stop = Some(Box::pin(stop));
                self
            }

            /// Prints nothing at start, and does not watch for handlers that block.
            pub fn quiet(mut self) -> Self {
                self.setup.quiet = true;
                self
            }
        }
    )*};
}

settings!(Serve<A> [A], ServeWith []);

impl<A: App + Endpoint<()>> IntoFuture for Serve<A> {
    type Output = Result;
    type IntoFuture = Running;

    fn into_future(self) -> Running {
        Box::pin(run::run::<A, ()>(self.setup, Shared::new(())))
    }
}

impl IntoFuture for ServeWith {
    type Output = Result;
    type IntoFuture = Running;

    fn into_future(self) -> Running {
        (self.run)(self.setup)
    }
}

impl<A, K> fmt::Debug for Serve<A, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Serve").finish_non_exhaustive()
    }
}

impl fmt::Debug for ServeWith {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServeWith").finish_non_exhaustive()
    }
}

/// An app as the server drives it.
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

    fn begin(connection: Arc<Connected<S>>, head: Parts, body: RequestBody) -> RoutedRequest<S> {
        RoutedRequest::new::<A>(connection, head, body)
    }

    fn answer(begun: RoutedRequest<S>) -> impl Future<Output = Response> + Send + 'static {
        exchange::<A, S>(begun)
    }

    fn stop(&self) {
        self.shared.tasks.stop();
    }

    async fn finish(&self) {
        self.shared.tasks.wait().await;
    }

    fn refuse(refusal: Refusal) -> Response {
        Rejection::new(refusal.status(), refusal.detail()).problem()
    }
}

/// Runs the future on a runtime with a thread for each core: what `#[highball::main]` does.
///
/// # Panics
/// Where the operating system gives no thread.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    runtime
        .expect("the operating system gives the runtime its threads")
        .block_on(future)
}
