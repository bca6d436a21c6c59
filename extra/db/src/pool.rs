//! A pool of connections.

use std::{
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{
            AtomicBool, AtomicU64, AtomicUsize,
            Ordering::{Acquire, Relaxed, Release},
        },
    },
    time::Duration,
};

use highball::{Priority, clock::Clock};
use tokio::{
    sync::Semaphore,
    time::{Instant, timeout},
};

use crate::{
    PoolError,
    builder::OnConnect,
    database::{ConnectOptions, Database},
    engine::Engine,
    holders::{By, Holders},
    live::{Counted, Lease, Live, open},
    options::Options,
    status::{Status, Waits},
    waiting::{Gate, Permit},
};

/// How many connections are opened at once, so that a database that has just started is not flooded.
const CONNECTS_AT_ONCE: usize = 2;

/// How long an idle connection may take to answer.
const CHECK: Duration = Duration::from_secs(1);

/// The connections of a [`Database`]. It is a value of the app state, and a battery of the server.
///
/// # Examples
/// ```no_run
/// use highball::prelude::*;
/// use highball_db::{Conn, Pool, Sqlite, database, sqlx};
///
/// database!(pub Shop: Sqlite);
///
/// #[derive(State)]
/// struct AppState {
///     shop: Pool<Shop>,
/// }
///
/// #[get("/orders/count")]
/// async fn count(mut shop: Conn<'_, Shop>) -> highball::Result<Json<i64>> {
///     Ok(Json(sqlx::query_scalar("SELECT count(*) FROM orders").fetch_one(&mut *shop).await?))
/// }
///
/// #[routes(app)]
/// struct Api(count);
///
/// #[highball::main]
/// async fn main() -> highball::Result {
///     let shop = Pool::<Shop>::file("shop.db").max(8).build();
///     highball::serve(Api).state(AppState { shop: shop.clone() }).install(shop).await
/// }
/// ```
pub struct Pool<D: Database>(pub(crate) Arc<Inner<D>>);

pub(crate) struct Inner<D: Database> {
    pub(crate) options: Options,
    pub(crate) connect_options: ConnectOptions<D>,
    on_connect: Option<OnConnect<D>>,
    pub(crate) holders: Arc<Holders>,
    gate: Arc<Gate>,
    /// The permission to write, if the engine has one writer.
    writer: Option<Arc<Gate>>,
    /// The connection that was used last is at the end.
    idle: Mutex<Vec<(Live<D>, Instant)>>,
    connecting: Semaphore,
    open: Arc<AtomicUsize>,
    waits: Waits,
    /// How many connections have broken. One that is idle since before is checked before it is used.
    breaks: AtomicU64,
    /// Whether a connection has failed since one was opened or checked.
    is_down: AtomicBool,
    /// Whether the database of an optional pool has not been reached since the start, so its migrations have not run.
    pub(crate) is_unreached: AtomicBool,
    is_closed: AtomicBool,
}

impl<D: Database> Pool<D> {
    pub(crate) fn new(
        options: Options,
        connect_options: ConnectOptions<D>,
        on_connect: Option<OnConnect<D>>,
    ) -> Self {
        Self(Arc::new(Inner {
            gate: Gate::new(options.max, options.shed_after),
            writer: D::Engine::ONE_WRITER.then(|| Gate::new(1, options.shed_after)),
            options,
            connect_options,
            on_connect,
            holders: Arc::default(),
            idle: Mutex::default(),
            connecting: Semaphore::new(CONNECTS_AT_ONCE),
            open: Arc::default(),
            waits: Waits::default(),
            breaks: AtomicU64::new(0),
            is_down: AtomicBool::new(false),
            is_unreached: AtomicBool::new(false),
            is_closed: AtomicBool::new(false),
        }))
    }

    /// Returns the state of the pool.
    pub fn status(&self) -> Status {
        self.0.status()
    }

    /// Closes the pool: requests that wait get an error, and connections are closed when they return.
    pub async fn close(&self) {
        let inner = &self.0;
        inner.is_closed.store(true, Release);
        inner.gate.close();
        if let Some(writer) = &inner.writer {
            writer.close();
        }
        while let Some(live) = inner.pop_idle() {
            live.close().await;
        }
    }
}

impl<D: Database> Inner<D> {
    /// Waits for the permission to write, if the engine has one writer.
    pub(crate) async fn writer(
        &self,
        priority: Priority,
        wait: Duration,
        clock: &Clock,
    ) -> Result<Option<Permit>, PoolError> {
        let Some(writer) = &self.writer else {
            return Ok(None);
        };
        self.wait_for(writer, priority, wait, clock).await.map(Some)
    }

    async fn wait_for(
        &self,
        gate: &Arc<Gate>,
        priority: Priority,
        wait: Duration,
        clock: &Clock,
    ) -> Result<Permit, PoolError> {
        let begun = clock.now();
        match clock.timeout(wait, gate.acquire(priority)).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(refused)) => Err(self.refused(&refused, clock.now() - begun)),
            Err(_) => Err(self.timed_out(wait)),
        }
    }

    /// Lends a connection.
    pub(crate) async fn lend(
        self: &Arc<Self>,
        priority: Priority,
        wait: Duration,
        clock: &Clock,
        by: By,
    ) -> Result<Lease<D>, PoolError> {
        let begun = clock.now();
        let lent = self.lend_uncounted(priority, wait, clock, by).await;
        self.waits.count(clock.now() - begun, &lent);
        lent
    }

    async fn lend_uncounted(
        self: &Arc<Self>,
        priority: Priority,
        wait: Duration,
        clock: &Clock,
        by: By,
    ) -> Result<Lease<D>, PoolError> {
        let begun = clock.now();
        let permit = self.wait_for(&self.gate, priority, wait, clock).await?;
        let holder = self.holders.add(by);
        if let Some(live) = self.pop_fresh() {
            return Ok(Lease::new(Arc::clone(self), live, permit, holder));
        }
        // The task continues if the request is dropped, so a connection that is being opened is not lost.
        let pool = Arc::clone(self);
        let opening = tokio::spawn(async move {
            let live = pool.open().await?;
            Ok::<_, sqlx::Error>(Lease::new(pool, live, permit, holder))
        });
        let left = wait.saturating_sub(clock.now() - begun);
        match clock.timeout(left, opening).await {
            Ok(Ok(Ok(lease))) => Ok(lease),
            Ok(Ok(Err(error))) => Err(self.failed(error)),
            Ok(Err(_)) => Err(self.closed()),
            Err(_) => Err(self.timed_out(wait)),
        }
    }

    /// Returns an idle connection that answers, or opens one.
    pub(crate) async fn open(&self) -> Result<Live<D>, sqlx::Error> {
        while let Some(mut live) = self.pop_idle() {
            if matches!(timeout(CHECK, live.check()).await, Ok(Ok(()))) {
                live.breaks = self.breaks.load(Relaxed);
                self.is_down.store(false, Relaxed);
                return Ok(live);
            }
            self.broke();
        }
        self.connect().await
    }

    /// Opens a connection, and prepares it for requests.
    pub(crate) async fn connect(&self) -> Result<Live<D>, sqlx::Error> {
        if self.is_unreached.load(Acquire) {
            return Err(sqlx::Error::Io(std::io::ErrorKind::NotConnected.into()));
        }
        let mut live = self.connect_bare().await?;
        self.prepare(&mut live).await?;
        Ok(live)
    }

    /// Does the work of [`on_connect`](crate::Builder::on_connect).
    pub(crate) async fn prepare(&self, live: &mut Live<D>) -> Result<(), sqlx::Error> {
        let Some(on_connect) = &self.on_connect else {
            return Ok(());
        };
        let prepared = timeout(self.options.connect_timeout, on_connect(&mut live.conn)).await;
        prepared.unwrap_or_else(|_| Err(timed_out_io()))
    }

    /// Opens a connection.
    pub(crate) async fn connect_bare(&self) -> Result<Live<D>, sqlx::Error> {
        // The semaphore is never closed.
        let _turn = self.connecting.acquire().await.ok();
        let counted = Counted::new(&self.open);
        let breaks = self.breaks.load(Relaxed);
        let mut locked = None;
        let opening = open::<D>(&self.connect_options, &mut locked);
        let opened = timeout(self.options.connect_timeout, opening).await;
        let opened = opened.unwrap_or_else(|_| Err(locked.unwrap_or_else(timed_out_io)));
        self.is_down.store(opened.is_err(), Relaxed);
        let (conn, id) = opened?;
        Ok(Live {
            conn,
            id,
            expires: Instant::now() + self.options.spread_lifetime(),
            checked: Instant::now(),
            breaks,
            _counted: counted,
        })
    }

    /// Returns the connection that was used last, if it need not be checked.
    fn pop_fresh(&self) -> Option<Live<D>> {
        let mut idle = self.idle();
        let (live, _) = idle.last()?;
        let is_fresh = live.checked.elapsed() < self.options.check_after
            && live.breaks == self.breaks.load(Relaxed)
            && Instant::now() < live.expires;
        is_fresh.then(|| idle.pop()).flatten().map(|(live, _)| live)
    }

    /// Returns an idle connection for work outside of requests, if no request waits. Since each connection that is not
    /// idle has a permission, no more than `max` are opened.
    pub(crate) fn borrow(&self) -> Option<(Live<D>, Permit)> {
        let permit = self.gate.try_acquire()?;
        Some((self.pop_idle()?, permit))
    }

    /// Returns the permission to open a connection for work outside of requests, if no request waits.
    pub(crate) fn permit_now(&self) -> Option<Permit> {
        self.gate.try_acquire()
    }

    fn pop_idle(&self) -> Option<Live<D>> {
        self.idle().pop().map(|(live, _)| live)
    }

    /// Returns a connection without an open transaction to the pool. One that is too old is closed.
    pub(crate) fn give_back(&self, live: Live<D>) {
        if !self.is_closed.load(Acquire) && Instant::now() < live.expires {
            self.idle().push((live, Instant::now()));
        }
    }

    /// Removes the connections that are too old or that no request has needed, and returns them.
    pub(crate) fn take_old(&self) -> Vec<Live<D>> {
        let (now, options) = (Instant::now(), &self.options);
        let mut idle = self.idle();
        let mut spare = idle.len().saturating_sub(options.min_idle);
        let old = idle.extract_if(.., |(live, since)| {
            let is_unused = spare > 0 && now - *since > options.idle_timeout;
            spare -= usize::from(is_unused);
            is_unused || now >= live.expires
        });
        old.map(|(live, _)| live).collect()
    }

    /// Opens connections up to the number that is kept idle, without taking the place of a request.
    pub(crate) async fn fill(&self) -> Result<(), sqlx::Error> {
        for _ in 0..self.options.min_idle {
            let is_full = self.open.load(Relaxed) >= self.options.min_idle;
            if is_full || self.is_closed.load(Acquire) {
                break;
            }
            let Some(_permit) = self.permit_now() else {
                return Ok(());
            };
            let live = self.connect().await?;
            self.give_back(live);
        }
        Ok(())
    }

    /// Records that a connection has broken: the idle ones are checked before they are used.
    pub(crate) fn broke(&self) {
        self.breaks.fetch_add(1, Relaxed);
        self.is_down.store(true, Relaxed);
    }

    /// Returns whether requests hold all connections, and none has failed.
    pub(crate) fn is_busy(&self) -> bool {
        let Status { idle, used, .. } = self.status();
        idle == 0 && used > 0 && !self.is_down.load(Relaxed)
    }

    pub(crate) fn status(&self) -> Status {
        let (_, waiting) = self.gate.counts();
        self.waits.add_to(Status {
            open: self.open.load(Relaxed),
            idle: self.idle().len(),
            used: self.holders.count(),
            waiting,
            ..Status::default()
        })
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<(Live<D>, Instant)>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<D: Database> Clone for Pool<D> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<D: Database> fmt::Debug for Pool<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("database", &D::NAME)
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}

fn timed_out_io() -> sqlx::Error {
    sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())
}
