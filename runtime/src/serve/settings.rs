//! The builder methods of [`Serve`].

use std::{future::Future, time::Duration};

use super::{
    Serve,
    battery::{Battery, Hooks},
    hook::Hook,
};
use crate::{
    app::{App, routes_of},
    config::Config,
    error::Result,
    request::{Capacity, Check, Proxies},
    server::Listener,
    testing,
};

impl<A, K> Serve<A, K> {
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

    /// Adds a check to [`readyz`](crate::serve::readyz()).
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
        self.setup
            .checks
            .push(Check::new(name.to_owned(), within, check));
        self
    }

    /// Adds a check to [`readyz`](crate::serve::readyz()) of something without which the app still works, such as a cache.
    ///
    /// While it fails, the response is 200, and the status is `degraded`: a load balancer that removed each server
    /// because of a shared cache would remove all of them.
    ///
    /// # Examples
    /// ```no_run
    /// use highball::prelude::*;
    /// # #[get("/")] async fn hello() {}
    ///
    /// #[routes(app)]
    /// struct Api(hello, highball::serve::readyz);
    ///
    /// # async fn ping_cache() -> highball::Result { Ok(()) }
    /// # async fn run() -> highball::Result {
    /// highball::serve(Api).optional_check("cache", secs(1), || ping_cache()).await
    /// # }
    /// ```
    pub fn optional_check<F>(
        mut self,
        name: &str,
        within: Duration,
        check: impl Fn() -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result> + Send + 'static,
    {
        let check = Check::new(name.to_owned(), within, check);
        self.setup.checks.push(check.optional());
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

    /// Passes on the arguments of the program, without its name, so that batteries can run their commands.
    ///
    /// If the first argument is the name of a command that a battery has registered, it runs in place of the server:
    /// see [`Hooks::command`]. `help` prints all commands, and another name is an error. Without arguments, and in an
    /// app without commands, the server runs.
    ///
    /// # Examples
    /// ```no_run
    /// use highball::prelude::*;
    /// # #[get("/")] async fn hello() {}
    /// # #[routes(app)] struct Api(hello);
    ///
    /// # async fn run() -> highball::Result {
    /// highball::serve(Api).arguments(std::env::args().skip(1)).await
    /// # }
    /// ```
    pub fn arguments(mut self, arguments: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.setup.arguments = arguments.into_iter().map(Into::into).collect();
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

    /// Replaces the clock of the system by one that a test moves.
    ///
    /// Every timeout of the server and the app then waits until the test moves the clock. Without a call, and so in
    /// production, a server uses the clock of the system.
    ///
    /// # Examples
    /// ```
    /// use highball::{prelude::*, testing::Clock, tokio};
    /// use tokio::{io::AsyncReadExt, net::{TcpListener, TcpStream}};
    ///
    /// #[routes(app)]
    /// struct Api(highball::serve::livez);
    ///
    /// # highball::block_on(async {
    /// let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    /// let addr = listener.local_addr().unwrap();
    /// let clock = Clock::new();
    /// let server = tokio::spawn(highball::serve(Api).quiet().clock(&clock).listen(listener));
    ///
    /// // The client sends no request, so the server closes its connection after a time.
    /// let mut client = TcpStream::connect(addr).await.unwrap();
    /// let mut sent = Vec::new();
    /// tokio::select! {
    ///     read = client.read_to_end(&mut sent) => assert_eq!(read.unwrap(), 0),
    ///     _ = async { loop { clock.advance(secs(1)).await } } => {}
    /// }
    /// # server.abort();
    /// # });
    /// ```
    pub fn clock(mut self, clock: &testing::Clock) -> Self {
        self.setup.clock = clock.handle();
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

impl<A: App, K> Serve<A, K> {
    /// Adds a battery: a package that takes part in the life of the server.
    ///
    /// # Examples
    /// ```no_run
    /// use highball::{battery::{Battery, Hooks}, prelude::*};
    /// # #[get("/")] async fn hello() {}
    /// # #[routes(app)] struct Api(hello);
    ///
    /// struct Cache;
    ///
    /// impl Battery for Cache {
    ///     fn name(&self) -> String {
    ///         "cache".to_owned()
    ///     }
    ///
    ///     fn install(self, hooks: &mut Hooks<'_>) {
    ///         hooks.on_start(secs(5), async { Ok(()) });
    ///     }
    /// }
    ///
    /// # async fn run() -> highball::Result {
    /// highball::serve(Api).install(Cache).await
    /// # }
    /// ```
    pub fn install(mut self, battery: impl Battery) -> Self {
        let setup = &mut self.setup;
        let name = battery.name();
        battery.install(&mut Hooks {
            battery: name,
            routes: routes_of::<A>(),
            on_start: &mut setup.on_start,
            checks: &mut setup.checks,
            installed: &mut setup.installed,
        });
        self
    }
}
