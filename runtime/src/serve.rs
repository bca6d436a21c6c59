//! Serving an app: from a listener's address to a graceful stop.

use std::{
    env, fmt,
    future::{Future, IntoFuture},
    io::{self, Write as _},
    marker::PhantomData,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
};

use http::Request;
use tokio::net::TcpListener;

use crate::{
    app::App,
    body::{Body, RequestBody},
    capacity::{Capacity, Gate},
    chain::Endpoint,
    error::{Error, Result},
    exchange::exchange,
    parts,
    proxies::Proxies,
    server::{self, Answer, Limits},
    state::{Connected, Shared},
};

mod banner;

/// Serves an app on `PORT` (or 8080) until SIGTERM or Ctrl-C.
///
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
/// Where `PORT` or `HOST` is not what it should be, or the address cannot be listened on.
pub fn serve<A: App>(app: A) -> Serve<A> {
    let _ = app;
    Serve {
        config: Config::default(),
        kind: PhantomData,
    }
}

/// An app that is about to be served; `.await` it.
#[must_use = "the app is served by `.await`"]
pub struct Serve<A, K = Stateless> {
    config: Config,
    kind: PhantomData<fn() -> (A, K)>,
}

/// An app without state.
#[derive(Debug)]
pub struct Stateless;

/// An app with its state: all that is left is to run it.
#[must_use = "the app is served by `.await`"]
pub struct ServeWith {
    config: Config,
    run: Box<dyn FnOnce(Config) -> Running + Send>,
}

type Running = Pin<Box<dyn Future<Output = Result> + Send>>;

/// What is the same for every app.
#[derive(Default)]
struct Config {
    limits: Limits,
    listener: Option<TcpListener>,
    addr: Option<SocketAddr>,
    body_limit: Option<u64>,
    capacity: Option<Capacity>,
    proxies: Option<Proxies>,
    quiet: bool,
    stop: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
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
            config: self.config,
            run: Box::new(|config| Box::pin(run::<A, S>(config, shared))),
        }
    }
}

/// The settings, for an app with and without state.
macro_rules! settings {
    ($($ty:ty [$($generics:tt)*]),*) => {$(
        impl<$($generics)*> $ty {
            /// Listens on this address, whatever `HOST` and `PORT` say.
            pub fn addr(mut self, addr: impl Into<SocketAddr>) -> Self {
                self.config.addr = Some(addr.into());
                self
            }

            /// Serves the connections of this listener.
            pub fn listener(mut self, listener: TcpListener) -> Self {
                self.config.listener = Some(listener);
                self
            }

            /// Reads at most this many bytes of a body; 2 MiB unless changed.
            pub fn body_limit(mut self, bytes: u64) -> Self {
                self.config.body_limit = Some(bytes);
                self
            }

            /// Lets these proxies say whom a request is from; without it nobody is believed.
            pub fn proxies(mut self, proxies: Proxies) -> Self {
                self.config.proxies = Some(proxies);
                self
            }

            /// Answers so many requests at once, by their priorities; without it nothing waits.
            pub fn capacity(mut self, capacity: Capacity) -> Self {
                self.config.capacity = Some(capacity);
                self
            }

            /// Makes these the limits of connections, in place of the defaults.
            pub fn limits(mut self, limits: Limits) -> Self {
                self.config.limits = limits;
                self
            }

            /// Stops when this future ends, in place of SIGTERM and Ctrl-C.
            pub fn stop(mut self, stop: impl Future<Output = ()> + Send + 'static) -> Self {
                self.config.stop = Some(Box::pin(stop));
                self
            }

            /// Prints nothing at start.
            pub fn quiet(mut self) -> Self {
                self.config.quiet = true;
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
        Box::pin(run::<A, ()>(self.config, Shared::new(())))
    }
}

impl IntoFuture for ServeWith {
    type Output = Result;
    type IntoFuture = Running;

    fn into_future(self) -> Running {
        (self.run)(self.config)
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

impl<A: App + Endpoint<S>, S: Send + Sync + 'static> Answer for Served<A, S> {
    type Session = Arc<Connected<S>>;

    fn connect(self: &Arc<Self>, peer: Option<SocketAddr>) -> Arc<Connected<S>> {
        Arc::new(Connected {
            shared: Arc::clone(&self.shared),
            peer,
        })
    }

    fn answer(
        connection: Arc<Connected<S>>,
        request: Request<RequestBody>,
    ) -> impl Future<Output = http::Response<Body>> + Send + 'static {
        exchange::<A, S>(connection, request)
    }

    async fn finish(&self) {
        self.shared.tasks.stop();
        self.shared.tasks.wait().await;
    }
}

async fn run<A, S>(mut config: Config, mut shared: Shared<S>) -> Result
where
    A: App + Endpoint<S>,
    S: Send + Sync + 'static,
{
    let listener = match config.listener.take() {
        Some(listener) => listener,
        None => listen(config.addr).await?,
    };
    shared.body_limit = config.body_limit.unwrap_or(shared.body_limit);
    shared.gate = config.capacity.map(Gate::new);
    shared.proxies = config.proxies.take();
    if !config.quiet {
        let local = listener.local_addr()?;
        // Whoever closed our output does not want to read it.
        let _ = io::stdout().write_all(banner::text(local, A::LISTING).as_bytes());
    }
    let tasks = shared.tasks.clone();
    let app = Arc::new(Served::<A, S> {
        shared: Arc::new(shared),
        app: PhantomData,
    });
    let report = match config.stop.take() {
        Some(stop) => server::run(app, listener, config.limits, server::when(stop)).await?,
        None => server::run(app, listener, config.limits, server::signal()?).await?,
    };
    // A thread's work is waited for on a thread that may wait.
    let _ = tokio::task::spawn_blocking(parts::flush).await;
    if !config.quiet {
        report_cut(report.cut, "connections");
        report_cut(tasks.len(), "spawned tasks");
    }
    Ok(())
}

fn report_cut(count: usize, what: &str) {
    if count > 0 {
        let _ = writeln!(
            io::stderr(),
            "stopped; {count} {what} were cut at the deadline"
        );
    }
}

async fn listen(addr: Option<SocketAddr>) -> Result<TcpListener> {
    let addr = match addr {
        Some(addr) => addr,
        None => addr_from(env::var("HOST").ok(), env::var("PORT").ok())?,
    };
    TcpListener::bind(addr).await.map_err(|error| {
        let hint = match error.kind() {
            io::ErrorKind::AddrInUse => "another program has it; set PORT to a free one",
            io::ErrorKind::PermissionDenied => {
                "ports below 1024 need a privilege; set PORT to another"
            }
            _ => "set HOST and PORT to an address of this machine",
        };
        Error::because(format!("cannot listen on {addr}: {hint}"), error)
    })
}

fn addr_from(host: Option<String>, port: Option<String>) -> Result<SocketAddr> {
    let host = host.unwrap_or_else(|| "0.0.0.0".to_owned());
    let port = port.unwrap_or_else(|| "8080".to_owned());
    let host = host.parse().map_err(|error| {
        Error::because(
            format!("HOST must be an IP address like 127.0.0.1 or ::1, not `{host}`"),
            error,
        )
    })?;
    let port = port.parse().map_err(|error| {
        Error::because(
            format!("PORT must be a number from 0 to 65535, not `{port}`"),
            error,
        )
    })?;
    Ok(SocketAddr::new(host, port))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn check(host: Option<&str>, port: Option<&str>, expected: &str) {
        let got = addr_from(host.map(str::to_owned), port.map(str::to_owned));
        let got = got.map_or_else(|error| error.to_string(), |addr| addr.to_string());
        assert_eq!(got, expected);
    }

    #[test]
    fn address_comes_from_the_environment() {
        check(None, None, "0.0.0.0:8080");
        check(Some("::1"), Some("3000"), "[::1]:3000");
        check(
            None,
            Some("http"),
            "PORT must be a number from 0 to 65535, not `http`",
        );
        check(
            Some("all"),
            None,
            "HOST must be an IP address like 127.0.0.1 or ::1, not `all`",
        );
    }
}
