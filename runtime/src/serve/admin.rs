//! The app for operators, on a listener next to that of the served app.
//!
//! It has its own thread, so it responds while the runtimes of the app are blocked, and until the last request of the
//! app has ended.

use std::{any::Any, future::Future, io, pin::Pin, sync::Arc, time::Duration};

use tokio::sync::{oneshot, watch};

use super::{
    NoState, Run, Serve, WithState,
    admin_access::Access,
    admin_app::ServedAdmin,
    workers::{Runtimes, on_thread},
};
use crate::{
    app::{AdminRoot, App, routes_of},
    chain::Endpoint,
    clock::Clock,
    config::Config,
    error::{Error, Result},
    request::{Shared, SharedValue, Stateless},
    routes::Route,
    server::{self, Bound, Listener, Report},
};

/// Where operators find the app, if neither the code nor a setting names a place.
const PLACE: &str = "127.0.0.1:8081";

/// The most connections of operators.
const CONNECTIONS: usize = 100;

/// How long the requests of operators may take after the last request of the app.
const END: Duration = Duration::from_secs(1);

/// The app for operators and its listeners.
#[derive(Default)]
pub(super) struct AdminSetup {
    app: Option<AdminApp>,
    /// The listeners from code.
    listeners: Vec<Listener>,
    /// The token from code.
    token: Option<String>,
}

/// An app for operators whose type is erased.
#[doc(hidden)]
pub struct AdminApp {
    routes: &'static [Route],
    serve: ServeAdmin,
}

/// Serves the app with what the served app shares with its requests.
type ServeAdmin = Box<dyn FnOnce(Arc<dyn Any + Send + Sync>, Place) -> Result<Serving> + Send>;

type Serving = Pin<Box<dyn Future<Output = io::Result<Report>> + Send>>;

/// Where and how the app is served.
pub(super) struct Place {
    bound: Vec<Bound>,
    access: Access,
    config: Config,
    clock: Clock,
    stop: oneshot::Receiver<()>,
}

/// An app whose listeners are bound.
pub(super) struct BoundAdmin {
    app: AdminApp,
    bound: Vec<Bound>,
    access: Access,
}

/// A running app. Dropping it cuts its connections.
pub(super) struct RunningAdmin {
    stop: oneshot::Sender<()>,
    ended: Pin<Box<dyn Future<Output = io::Result<Report>> + Send>>,
    _runtime: Runtimes,
}

/// An app for operators that runs with the state of the server `K`.
#[doc(hidden)]
pub trait ServedAdminWith<K>: App {
    /// Returns the app without its type.
    fn admin_app() -> AdminApp;
}

impl<S: SharedValue, A: App + Endpoint<S>> ServedAdminWith<WithState<S>> for A {
    fn admin_app() -> AdminApp {
        AdminApp::new::<A, S>()
    }
}

impl<A: App + Endpoint<Stateless>> ServedAdminWith<NoState> for A {
    fn admin_app() -> AdminApp {
        AdminApp::new::<A, Stateless>()
    }
}

impl AdminApp {
    fn new<A: App + Endpoint<S>, S: Send + Sync + 'static>() -> Self {
        Self {
            routes: routes_of::<A>(),
            serve: Box::new(|shared, place| {
                let shared = shared.downcast::<Shared<S>>();
                let shared = shared.map_err(|_| Error::new("the state is that of another app"))?;
                Ok(Box::pin(serve::<A, S>(shared, place)))
            }),
        }
    }
}

async fn serve<A, S>(shared: Arc<Shared<S>>, place: Place) -> io::Result<Report>
where
    A: App + Endpoint<S>,
    S: Send + Sync + 'static,
{
    let app = Arc::new(ServedAdmin::<A, S>::new(shared, place.access));
    let server = server::Shared::new(app, place.config, place.clock, None, 1);
    let stopped = Box::pin(async {
        // An error means that the sender was dropped, with the server.
        let _ = place.stop.await;
    });
    server::run(
        Arc::new(server),
        place.bound,
        CONNECTIONS,
        server::when(stopped),
    )
    .await
}

impl AdminSetup {
    pub(super) fn has_app(&self) -> bool {
        self.app.is_some()
    }

    /// Returns whether the code names listeners.
    pub(super) fn has_listeners(&self) -> bool {
        !self.listeners.is_empty()
    }

    /// Returns the listeners from code. If there are none, the inherited sockets, and without those the settings.
    pub(super) fn places(
        &mut self,
        inherited: Vec<Listener>,
        config: &Config,
    ) -> Result<Vec<Listener>> {
        if self.has_listeners() {
            return Ok(std::mem::take(&mut self.listeners));
        }
        let listeners = match inherited.is_empty() {
            true => from_settings(config)?,
            false => inherited,
        };
        let secured = listeners.into_iter().map(|one| match one.is_local() {
            true => Ok(one),
            // The token is a secret on the network.
            false => one.with_tls_of(config),
        });
        secured.collect()
    }

    /// Binds the listeners, if there is an app for operators.
    pub(super) fn bind(
        mut self,
        inherited: Vec<Listener>,
        config: &Config,
    ) -> Result<Option<BoundAdmin>> {
        let Some(app) = self.app.take() else {
            return Ok(None);
        };
        let token = self.token.take();
        let token = token.or_else(|| config.admin_token.clone().map(|token| token.0));
        let access = Access::new(token)?;
        let mut all = Vec::new();
        for listener in self.places(inherited, config)? {
            let is_checked = access.has_token() || listener.requires_certificate();
            let bound = listener.bind(true, config).map_err(|error| {
                error.context(
                    "the routes for operators cannot be served; `admin_listen` sets their address",
                )
            })?;
            for bound in bound {
                if !is_checked && !bound.is_local() {
                    return Err(unprotected(&bound));
                }
                all.push(bound);
            }
        }
        Ok(Some(BoundAdmin {
            app,
            bound: all,
            access,
        }))
    }
}

fn from_settings(config: &Config) -> Result<Vec<Listener>> {
    let places = match config.admin_listen.is_empty() {
        true => vec![PLACE.to_owned()],
        false => config.admin_listen.clone(),
    };
    places.iter().map(|place| place.parse()).collect()
}

fn unprotected(bound: &Bound) -> Error {
    Error::new(format!(
        "the routes for operators are on {}, which other machines can reach: set `admin_token`, require client \
         certificates, or set `admin_listen` to an address of this machine such as {PLACE}",
        bound.socket_address()
    ))
}

impl BoundAdmin {
    pub(super) fn routes(&self) -> &'static [Route] {
        self.app.routes
    }

    /// Returns the addresses, as the banner prints them.
    pub(super) fn addresses(&self) -> Vec<String> {
        self.bound.iter().map(Bound::display_address).collect()
    }

    /// Serves the app on a thread. `shared` is what the served app shares with its requests.
    pub(super) fn start(
        self,
        shared: Arc<dyn Any + Send + Sync>,
        config: &Config,
        clock: &Clock,
    ) -> Result<RunningAdmin> {
        let (stop, stopped) = oneshot::channel();
        let config = config.clone();
        let place = Place {
            bound: self.bound,
            access: self.access,
            config: config.shutdown_timeout(END).max_connections(CONNECTIONS),
            clock: clock.clone(),
            stop: stopped,
        };
        let serving = (self.app.serve)(shared, place)?;
        let (runtimes, released) = watch::channel(());
        let ended = on_thread("highball-admin".to_owned(), None, serving, released)?;
        Ok(RunningAdmin {
            stop,
            ended: Box::pin(ended),
            _runtime: Runtimes::new(runtimes),
        })
    }
}

impl RunningAdmin {
    /// Waits a short time for the requests of operators, and ends.
    pub(super) async fn stop(self) {
        // An error means that it has already ended.
        let _ = self.stop.send(());
        let _ = tokio::time::timeout(2 * END, self.ended).await;
    }
}

#[allow(private_bounds)]
impl<A: App + Endpoint<Stateless>> Serve<A> {
    /// Serves an app for operators next to this one: metrics, profiles, switches. It is marked `#[routes(admin)]`.
    ///
    /// It listens on `127.0.0.1:8081`, unless [`admin_listen`](Self::admin_listen) or the setting of this name has
    /// another address. On an address that other machines can reach, the server does not start without a token
    /// ([`admin_token`](Self::admin_token)) or required client certificates. Pages of other sites are rejected.
    ///
    /// The app has the state of the served app, so call [`state`](Self::state) before. It responds while the served app
    /// is blocked, and until its last request has ended. It does not count for
    /// [`capacity`](Self::capacity).
    ///
    /// # Examples
    /// ```no_run
    /// use highball::prelude::*;
    ///
    /// #[get("/")]
    /// async fn home() {}
    ///
    /// /// Empties the caches.
    /// #[post("/caches/clear", admin)]
    /// async fn clear() {}
    ///
    /// #[routes(app)]
    /// struct Api(home);
    ///
    /// #[routes(admin)]
    /// struct Operators(clear, highball::serve::readyz);
    ///
    /// #[highball::main]
    /// async fn main() -> highball::Result {
    ///     highball::serve(Api).admin(Operators).await
    /// }
    /// ```
    pub fn admin<B>(self, routes: impl AdminRoot<B>) -> Serve<A, WithState<NoState>>
    where
        B: ServedAdminWith<NoState>,
    {
        let _ = routes;
        let mut served = self.with_state(Run::new::<A, _>(Stateless));
        served.setup.admin.app = Some(B::admin_app());
        served
    }
}

impl<A: App, S> Serve<A, WithState<S>> {
    /// Serves an app for operators next to this one, with the same state: see
    /// [`Serve::admin`](Serve::admin).
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
    /// async fn home(greeting: State<String>) -> String {
    ///     greeting.to_string()
    /// }
    ///
    /// #[get("/greeting/length", admin)]
    /// async fn length(greeting: State<String>) -> String {
    ///     greeting.len().to_string()
    /// }
    ///
    /// #[routes(app)]
    /// struct Api(home);
    ///
    /// #[routes(admin)]
    /// struct Operators(length);
    ///
    /// #[highball::main]
    /// async fn main() -> highball::Result {
    ///     let state = AppState { greeting: "hello".to_owned() };
    ///     highball::serve(Api).state(state).admin(Operators).await
    /// }
    /// ```
    pub fn admin<B>(mut self, routes: impl AdminRoot<B>) -> Self
    where
        B: ServedAdminWith<WithState<S>>,
    {
        let _ = routes;
        self.setup.admin.app = Some(B::admin_app());
        self
    }
}

impl<A, K> Serve<A, K> {
    /// Adds an address or socket for the app for operators ([`Serve::admin`]). Without a call, the setting
    /// `admin_listen` names them; the default is `127.0.0.1:8081`.
    ///
    /// # Examples
    /// ```no_run
    /// use highball::{prelude::*, serve::Listener};
    /// # #[get("/")] async fn hello() {}
    /// # #[routes(app)] struct Api(hello);
    /// # #[routes(admin)] struct Operators(highball::serve::readyz);
    ///
    /// # async fn run() -> highball::Result {
    /// let socket = Listener::unix("/run/shop/admin.sock").mode(0o600);
    /// highball::serve(Api).admin(Operators).admin_listen(socket).await
    /// # }
    /// ```
    pub fn admin_listen(mut self, listener: impl Into<Listener>) -> Self {
        self.setup.admin.listeners.push(listener.into());
        self
    }

    /// Requires this token of operators: `Authorization: Bearer ..`. Without a call, the setting `admin_token` has it.
    ///
    /// A token has at least 16 characters, or the server does not start.
    ///
    /// # Examples
    /// ```no_run
    /// use highball::prelude::*;
    /// # #[get("/")] async fn hello() {}
    /// # #[routes(app)] struct Api(hello);
    /// # #[routes(admin)] struct Operators(highball::serve::readyz);
    ///
    /// # async fn run() -> highball::Result {
    /// let token = std::fs::read_to_string("/run/secrets/admin-token")?;
    /// highball::serve(Api).admin(Operators).admin_token(token.trim()).await
    /// # }
    /// ```
    pub fn admin_token(mut self, token: impl Into<String>) -> Self {
        self.setup.admin.token = Some(token.into());
        self
    }
}

impl std::fmt::Debug for AdminApp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AdminApp").finish_non_exhaustive()
    }
}
