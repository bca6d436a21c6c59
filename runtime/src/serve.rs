//! Serves an app: binds its listeners, runs the server and shuts down gracefully.

use std::{
    fmt,
    future::Future,
    marker::PhantomData,
    mem,
    pin::Pin,
    task::{Context, Poll},
};

use crate::{
    app::App,
    chain::{IntoState, SYNC},
    clock::Clock,
    error::Result,
    request::{Check, Shared, SharedValue, Stateless},
    server::StopFuture,
};

mod admin;
mod admin_access;
mod admin_app;
mod background;
mod banner;
pub(crate) mod battery;
mod blocked;
mod command;
pub(crate) mod control;
mod ending;
mod gauges;
mod health;
mod hook;
mod http_app;
mod inherited;
#[cfg(unix)]
pub(crate) mod launch;
mod listeners;
pub(crate) mod registry;
mod run;
mod settings;
mod shutdown;
mod stall_watch;
mod supervisor;
mod workers;

use self::{admin::AdminSetup, battery::Installed, hook::Hook};
#[cfg(feature = "tls")]
pub use crate::server::Tls;
pub use crate::{
    app::{AdminRoot, Root},
    config::Config,
    events::{ServerCounts, server_counts},
    pool::{Pooled, Pools, pools},
    request::{Capacity, Origin, Proxies},
    server::{Incoming, Listener},
    tasks::Stopping,
};
pub use health::{livez, readyz};

// These are not a public interface. rustc prints the short name of an item only if the item has a path without a hidden
// module, so errors show `Endpoint` and not `highball::__private::Endpoint`.
#[doc(hidden)]
pub use crate::{
    chain::{
        Argument, Around, AsyncArgument, Chain, CopyConfig, Dispatch, Endpoint, Extracted, Fields,
        GuardOutput, Handler, HandlerEnd, Listed, Middleware, Mode, PartStep, PlainEnd, Ready,
        Receiver, SourceFrom, SourcesFrom, Step, copy_config,
    },
    routes::{LinkParam, Path1, Path2, Path3, Path4, Path5, Path6},
};

/// Serves an app on `PORT`, or on port 8080, until SIGTERM or Ctrl-C.
///
/// Await the returned [`Serve`]. Its methods add listeners, hooks and state, and
/// [`Config`] has the limits and timeouts. The future ends when the last connection
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
pub fn serve<A: App>(app: impl Root<A>) -> Serve<A> {
    let _ = app;
    Serve {
        setup: Setup::default(),
        run: NoState,
        running: None,
        app: PhantomData,
    }
}

/// A builder for a server, created by [`serve`](serve()); `.await` it to run the server.
///
/// An app whose handlers need state gets it by [`state`](Serve::state).
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
/// The future fails as that of [`serve`](serve()) does.
#[must_use = "the app is served by `.await`"]
pub struct Serve<A, K = NoState> {
    setup: Setup,
    /// Runs the app with its state, if it has one.
    run: K,
    /// The server, from the first poll on.
    running: Option<Running>,
    app: PhantomData<fn() -> A>,
}

/// Marks a server without state.
#[doc(hidden)]
#[derive(Debug)]
pub struct NoState;

/// Marks a server with state, which its future does not depend on: an app that lacks state is one error, at `state`.
#[doc(hidden)]
pub struct WithState<S>(Option<Run>, PhantomData<fn() -> S>);

/// A server whose state can be set.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the state is set once, and before the routes for operators, which share it",
    label = "write `.state(..)` in front of `.admin(..)`, and only once"
)]
pub trait TakesState {}

impl TakesState for NoState {}

/// An app with the state `S`. It is the bound of [`Serve::state`] in place of [`Endpoint`]: rustc lists the impls of a
/// trait in a bound, unless they are for every type.
#[doc(hidden)]
pub trait ServedWith<S>: App {
    /// Returns the function that runs the app with the state.
    fn run_with(state: S) -> Run;
}

impl<S: SharedValue, A: App + Endpoint<S>> ServedWith<S> for A {
    fn run_with(state: S) -> Run {
        Run::new::<A, S>(state)
    }
}

/// Runs an app whose state is known.
#[doc(hidden)]
pub struct Run(Box<dyn FnOnce(Setup) -> Running + Send>);

impl Run {
    fn new<A, S>(state: S) -> Self
    where
        A: App + Endpoint<S>,
        S: Send + Sync + 'static,
    {
        let shared = Shared::new(state);
        Self(Box::new(|setup| Box::pin(run::run::<A, S>(setup, shared))))
    }
}

type Running = Pin<Box<dyn Future<Output = Result> + Send>>;

/// The settings of a server, which do not depend on the type of the app.
#[derive(Default)]
struct Setup {
    /// The limits and timeouts.
    config: Config,
    /// The clock of everything that waits.
    clock: Clock,
    /// The listeners from code. If it is empty, the settings and the environment name them.
    listeners: Vec<Listener>,
    /// The limit of concurrent requests.
    capacity: Option<Capacity>,
    /// The proxies whose forwarding headers are trusted.
    proxies: Option<Proxies>,
    /// The checks of `/readyz`.
    checks: Vec<Check>,
    /// The app for operators.
    admin: AdminSetup,
    on_start: Vec<Hook>,
    on_stop: Vec<Hook>,
    /// The parts of batteries.
    installed: Installed,
    /// The arguments of the program without its name, if the app passes them on.
    arguments: Vec<String>,
    /// Whether the banner and the stall watch are off.
    quiet: bool,
    /// Stops the server in place of the signals.
    stop: Option<StopFuture>,
}

impl<A: App, K> Serve<A, K> {
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
    pub fn state<S>(self, state: S) -> Serve<A, WithState<S::State>>
    where
        A: ServedWith<S::State>,
        K: TakesState,
        S: IntoState<Mode<SYNC>, Mode<SYNC>>,
    {
        self.with_state(A::run_with(state.into_state()))
    }

    fn with_state<S>(self, run: Run) -> Serve<A, WithState<S>> {
        Serve {
            setup: self.setup,
            run: WithState(Some(run), PhantomData),
            running: None,
            app: PhantomData,
        }
    }
}

// A future, and not `IntoFuture`: with two impls of that trait to choose from, rustc names none of the bounds that an
// app without its state breaks.
#[allow(private_bounds)]
impl<A: App + Endpoint<Stateless>> Future for Serve<A> {
    type Output = Result;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result> {
        let this = self.get_mut();
        let setup = &mut this.setup;
        let running = this.running.get_or_insert_with(|| {
            Box::pin(run::run::<A, Stateless>(
                mem::take(setup),
                Shared::new(Stateless),
            ))
        });
        running.as_mut().poll(cx)
    }
}

impl<A, S> Future for Serve<A, WithState<S>> {
    type Output = Result;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result> {
        let this = self.get_mut();
        if let Some(run) = this.run.0.take() {
            this.running = Some((run.0)(mem::take(&mut this.setup)));
        }
        match &mut this.running {
            Some(running) => running.as_mut().poll(cx),
            None => Poll::Pending,
        }
    }
}

impl<A, K> fmt::Debug for Serve<A, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Serve").finish_non_exhaustive()
    }
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run").finish_non_exhaustive()
    }
}

impl<S> fmt::Debug for WithState<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WithState").finish_non_exhaustive()
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

/// Returns the server as a boxed future, for `#[highball::main]`.
///
/// rustc adds "remove the `.await`" to each error about an awaited value. An error about an argument has no such hint.
#[doc(hidden)]
pub fn run_server<'a, F: Future<Output = T> + 'a, T>(
    server: F,
) -> Pin<Box<dyn Future<Output = T> + 'a>> {
    Box::pin(server)
}
