//! The builder of a server: what `serve` returns.

use std::{
    fmt,
    future::{Future, IntoFuture},
    marker::PhantomData,
    pin::Pin,
    time::Duration,
};

use super::{hook::Hook, run};
use crate::{
    app::App,
    chain::Endpoint,
    config::Config,
    error::Result,
    request::{Capacity, Check, Proxies, Shared},
    server::{Listener, StopFuture},
};

/// A builder for a server, created by [`serve`](super::serve()); `.await` it to run the server.
///
/// An app with state needs [`state`](Self::state), which returns a [`ServeWith`].
///
/// # Examples
/// ```no_run
/// use highball::{prelude::*, serve::Serve};
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
///     let server: Serve<Api> = highball::serve(Api).quiet();
///     server.await
/// }
/// ```
///
/// # Errors
/// The future fails as that of [`serve`](super::serve()) does.
#[must_use = "the app is served by `.await`"]
pub struct Serve<A, K = Stateless> {
    setup: Setup,
    kind: PhantomData<fn() -> (A, K)>,
}

/// Marks a [`Serve`] that has no state.
#[derive(Debug)]
pub struct Stateless;

/// A builder for serving an app with state, created by [`Serve::state`]; `.await` it to run the
/// server.
///
/// # Examples
/// ```no_run
/// use highball::{prelude::*, serve::ServeWith};
///
/// #[derive(State)]
/// struct AppState {
///     greeting: String,
/// }
///
/// #[get("/")]
/// async fn hello(greeting: State<String>) -> String {
///     greeting.to_string()
/// }
///
/// #[routes(app)]
/// struct Api(hello);
///
/// #[highball::main]
/// async fn main() -> highball::Result {
///     let state = AppState { greeting: "hello".to_owned() };
///     let server: ServeWith = highball::serve(Api).state(state);
///     server.await
/// }
/// ```
///
/// # Errors
/// The future fails as that of [`serve`](super::serve()) does.
#[must_use = "the app is served by `.await`"]
pub struct ServeWith {
    setup: Setup,
    run: Box<dyn FnOnce(Setup) -> Running + Send>,
}

type Running = Pin<Box<dyn Future<Output = Result> + Send>>;

/// The settings of a server, which do not depend on the type of the app.
#[derive(Default)]
pub(super) struct Setup {
    /// The limits and timeouts.
    pub(super) config: Config,
    /// The listeners from code. If it is empty, the settings and the environment name them.
    pub(super) listeners: Vec<Listener>,
    /// The limit of concurrent requests.
    pub(super) capacity: Option<Capacity>,
    /// The proxies whose forwarding headers are trusted.
    pub(super) proxies: Option<Proxies>,
    /// The checks of `/readyz`.
    pub(super) checks: Vec<Check>,
    pub(super) on_start: Vec<Hook>,
    pub(super) on_stop: Vec<Hook>,
    /// Whether the banner and the stall watch are off.
    pub(super) quiet: bool,
    /// Stops the server in place of the signals.
    pub(super) stop: Option<StopFuture>,
}

impl<A: App> Serve<A> {
    pub(super) fn new() -> Self {
        Self {
            setup: Setup::default(),
            kind: PhantomData,
        }
    }

    /// Sets the state of the app, a struct that derives `State`.
    ///
    /// # Examples
    /// ```no_run
    /// use highball::prelude::*;
    ///
    /// #[derive(State)]
    /// struct AppState {
    ///     greeting: String,
    /// }
    ///
    /// #[get("/")]
    /// async fn hello(greeting: State<String>) -> String {
    ///     greeting.to_string()
    /// }
    ///
    /// #[routes(app)]
    /// struct Api(hello);
    ///
    /// # async fn run() -> highball::Result {
    /// highball::serve(Api).state(AppState { greeting: "hello".to_owned() }).await
    /// # }
    /// ```
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

/// Implements the builder methods for apps with and without state.
macro_rules! settings {
    ($($ty:ty [$($generics:tt)*]),*) => {$(
        impl<$($generics)*> $ty {
            /// Adds an address or socket to listen on.
            ///
            /// It takes a [`SocketAddr`](std::net::SocketAddr), a bound
            /// [`TcpListener`](tokio::net::TcpListener) or a [`Listener`]. Without a call, the
            /// settings name the listeners, then `HOST` and `PORT`; the default is port 8080.
            ///
            /// # Examples
            /// ```no_run
            /// use std::net::SocketAddr;
            /// # use highball::prelude::*;
            /// # #[get("/")] async fn hello() {}
            /// # #[routes(app)] struct Api(hello);
            ///
            /// # async fn run() -> highball::Result {
            /// let addr: SocketAddr = "127.0.0.1:3000".parse()?;
            /// highball::serve(Api).listen(addr).await
            /// # }
            /// ```
            pub fn listen(mut self, listener: impl Into<Listener>) -> Self {
                self.setup.listeners.push(listener.into());
                self
            }

            /// Replaces the default settings.
            ///
            /// # Examples
            /// ```no_run
            /// use highball::Config;
            /// # use highball::prelude::*;
            /// # #[get("/")] async fn hello() {}
            /// # #[routes(app)] struct Api(hello);
            ///
            /// # async fn run() -> highball::Result {
            /// let config = Config::default().idle_timeout(secs(30));
            /// highball::serve(Api).config(config).await
            /// # }
            /// ```
            pub fn config(mut self, config: Config) -> Self {
                self.setup.config = config;
                self
            }

            /// Trusts the forwarding headers of these proxies.
            ///
            /// Forwarding headers are ignored unless the peer is a trusted proxy.
            ///
            /// # Examples
            /// ```no_run
            /// use highball::serve::Proxies;
            /// # use highball::prelude::*;
            /// # #[get("/")] async fn hello() {}
            /// # #[routes(app)] struct Api(hello);
            ///
            /// # async fn run() -> highball::Result {
            /// highball::serve(Api).proxies(Proxies::trust(["10.0.0.0/8"])?).await
            /// # }
            /// ```
            pub fn proxies(mut self, proxies: Proxies) -> Self {
                self.setup.proxies = Some(proxies);
                self
            }

            /// Limits the number of concurrent requests, by priority.
            ///
            /// The default is no limit.
            ///
            /// # Examples
            /// ```no_run
            /// use highball::serve::Capacity;
            /// # use highball::prelude::*;
            /// # #[get("/")] async fn hello() {}
            /// # #[routes(app)] struct Api(hello);
            ///
            /// # async fn run() -> highball::Result {
            /// highball::serve(Api).capacity(Capacity::of(1_000)).await
            /// # }
            /// ```
            pub fn capacity(mut self, capacity: Capacity) -> Self {
                self.setup.capacity = Some(capacity);
                self
            }

            /// Adds a check to [`readyz`](crate::readyz()).
            ///
            /// The server is ready if every check succeeds within its time.
            ///
            /// # Examples
            /// ```no_run
            /// use highball::prelude::*;
            /// # #[get("/")] async fn hello() {}
            ///
            /// #[routes(app)]
            /// struct Api(hello, highball::serve::readyz);
            ///
            /// # async fn ping_database() -> highball::Result { Ok(()) }
            /// # async fn run() -> highball::Result {
            /// highball::serve(Api).check("database", secs(1), || ping_database()).await
            /// # }
            /// ```
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

            /// Adds a hook that runs before the first request is accepted.
            ///
            /// Hooks run one after another, in the order in which they were added. The server
            /// already listens, so clients wait and are not rejected. If a hook fails or takes
            /// longer than `within`, serving ends with that error.
            ///
            /// # Examples
            /// ```no_run
            /// use highball::prelude::*;
            /// # #[get("/")] async fn hello() {}
            /// # #[routes(app)] struct Api(hello);
            ///
            /// # async fn run() -> highball::Result {
            /// highball::serve(Api)
            ///     .on_start("migrations", secs(30), async {
            ///         // Update the schema of the database.
            ///         Ok(())
            ///     })
            ///     .await
            /// # }
            /// ```
            pub fn on_start<F>(mut self, name: &str, within: Duration, hook: F) -> Self
            where
                F: Future<Output = Result> + Send + 'static,
            {
                self.setup.on_start.push(Hook::new(name, within, hook));
                self
            }

            /// Adds a hook that runs after the last connection has ended.
            ///
            /// Hooks run one after another, in the order in which they were added. All of them run,
            /// even if one fails or takes longer than `within`. Serving ends with the first error.
            ///
            /// # Examples
            /// ```no_run
            /// use highball::prelude::*;
            /// # #[get("/")] async fn hello() {}
            /// # #[routes(app)] struct Api(hello);
            ///
            /// # async fn run() -> highball::Result {
            /// highball::serve(Api)
            ///     .on_stop("queue", secs(10), async {
            ///         // Send the messages that are still queued.
            ///         Ok(())
            ///     })
            ///     .await
            /// # }
            /// ```
            pub fn on_stop<F>(mut self, name: &str, within: Duration, hook: F) -> Self
            where
                F: Future<Output = Result> + Send + 'static,
            {
                self.setup.on_stop.push(Hook::new(name, within, hook));
                self
            }

            /// Stops the server when this future resolves, and not at SIGTERM and Ctrl-C.
            ///
            /// # Examples
            /// ```no_run
            /// use highball::{prelude::*, tokio::time::sleep};
            /// # #[get("/")] async fn hello() {}
            /// # #[routes(app)] struct Api(hello);
            ///
            /// # async fn run() -> highball::Result {
            /// highball::serve(Api).stop(sleep(secs(60))).await
            /// # }
            /// ```
            pub fn stop(mut self, stop: impl Future<Output = ()> + Send + 'static) -> Self {
                self.setup.stop = Some(Box::pin(stop));
                self
            }

            /// Prints no banner at start, and does not report handlers that block their thread.
            ///
            /// # Examples
            /// ```no_run
            /// use highball::prelude::*;
            /// # #[get("/")] async fn hello() {}
            /// # #[routes(app)] struct Api(hello);
            ///
            /// # async fn run() -> highball::Result {
            /// highball::serve(Api).quiet().await
            /// # }
            /// ```
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
