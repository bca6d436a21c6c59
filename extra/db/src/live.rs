//! An open connection, and the loan of one.

use std::{
    future::Future,
    ops::{Deref, DerefMut},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

use highball::prelude::StatusCode;
use sqlx::{ConnectOptions as _, Connection as _, SqlStr};
use sqlx_core::transaction::TransactionManager;
use tokio::{
    runtime::Handle,
    time::{Instant, sleep, timeout},
};

use crate::{
    database::{ConnectOptions, Connection, Database},
    engine::Engine,
    holders::Holder,
    pool::Inner,
    waiting::Permit,
};

/// How long a returned connection may take to roll back and to answer.
const CLEAN_UP: Duration = Duration::from_secs(5);

/// How long the last message to a server may take.
const CLOSE: Duration = Duration::from_secs(1);

/// How long a query whose request is gone runs before it is cancelled on the server.
const CANCEL_AFTER: Duration = Duration::from_millis(20);

/// How long a connection that another program has locked out waits before it tries again.
const LOCKED: Duration = Duration::from_millis(10);

type Manager<D> = <<D as Database>::Engine as sqlx::Database>::TransactionManager;

/// An open connection.
pub(crate) struct Live<D: Database> {
    pub(crate) conn: Connection<D>,
    /// The number by which the server cancels its queries.
    pub(crate) id: Option<i32>,
    pub(crate) expires: Instant,
    /// When it has last been seen to work.
    pub(crate) checked: Instant,
    /// How many connections had broken when this one was last known to work.
    pub(crate) breaks: u64,
    pub(crate) _counted: Counted,
}

impl<D: Database> Live<D> {
    /// Checks that the connection works, and rolls back a transaction that sqlx does not count: that of a statement, or
    /// of a `begin` that was dropped (transact-rs/sqlx#4393). The next request would be part of it.
    pub(crate) async fn check(&mut self) -> Result<(), sqlx::Error> {
        let statement = SqlStr::from_static("SELECT 1");
        // It begins nothing, which is this error, unless a transaction is open.
        match Manager::<D>::begin(&mut self.conn, Some(statement)).await {
            Err(sqlx::Error::BeginFailed) => {}
            Ok(()) => Manager::<D>::rollback(&mut self.conn).await?,
            Err(error) => return Err(error),
        }
        self.checked = Instant::now();
        Ok(())
    }

    /// Closes the connection. The database closes the other end in any case, so an error and a network without an
    /// answer do not matter.
    pub(crate) async fn close(self) {
        drop(timeout(CLOSE, self.conn.close()).await);
    }
}

/// Opens a connection, and returns it with the number by which the server cancels its queries.
///
/// It tries again as long as another program has locked the database, and stores that error.
pub(crate) async fn open<D: Database>(
    options: &ConnectOptions<D>,
    locked: &mut Option<sqlx::Error>,
) -> Result<(Connection<D>, Option<i32>), sqlx::Error> {
    loop {
        match options.connect().await {
            Err(error) if D::Engine::is_locked(&error) => *locked = Some(error),
            Err(error) => return Err(error),
            Ok(mut conn) => {
                let id = D::Engine::id(&mut conn).await?;
                return Ok((conn, id));
            }
        }
        sleep(LOCKED).await;
    }
}

/// Counts a connection as long as it is open.
pub(crate) struct Counted(Arc<AtomicUsize>);

impl Counted {
    pub(crate) fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Relaxed);
        Self(Arc::clone(count))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

/// A connection that is lent to a request. Dropping it returns the connection.
pub(crate) struct Lease<D: Database> {
    pool: Arc<Inner<D>>,
    live: Option<Live<D>>,
    permit: Option<Permit>,
    /// The permission to write, until the transaction has ended.
    writer: Option<Permit>,
    _holder: Holder,
    /// Whether no query runs and no transaction is open.
    is_clean: bool,
    /// Whether the handler has failed, perhaps because of a prepared statement.
    has_failed: bool,
}

impl<D: Database> Lease<D> {
    pub(crate) fn new(pool: Arc<Inner<D>>, live: Live<D>, permit: Permit, holder: Holder) -> Self {
        Self {
            pool,
            live: Some(live),
            permit: Some(permit),
            writer: None,
            _holder: holder,
            is_clean: false,
            has_failed: false,
        }
    }

    /// Holds the permission to write until the connection is returned.
    pub(crate) fn hold(&mut self, writer: Option<Permit>) {
        self.writer = writer;
    }

    /// Returns the connection after a handler has ended. If the handler has failed, or if a transaction is open, this
    /// happens in the background: it is rolled back, and the connection is checked, which may have caused the failure.
    pub(crate) fn end(mut self, status: StatusCode) {
        self.has_failed = status.is_server_error();
        let is_success = status.as_u16() < 400;
        self.is_clean = is_success && !self.is_in_transaction() && self.has_answered();
    }

    /// Returns whether the server has answered every statement. A handler may have dropped a query, or the begin of a
    /// transaction, and succeeded nevertheless.
    fn has_answered(&mut self) -> bool {
        let flush = pin!(self.flush());
        let polled = flush.poll(&mut Context::from_waker(Waker::noop()));
        matches!(polled, Poll::Ready(Ok(())))
    }

    /// Returns the connection after a commit, which shows that it works.
    pub(crate) fn end_committed(mut self) {
        if let Some(live) = &mut self.live {
            live.checked = Instant::now();
        }
        self.end(StatusCode::OK);
    }
}

impl<D: Database> Deref for Lease<D> {
    type Target = Connection<D>;

    fn deref(&self) -> &Connection<D> {
        match &self.live {
            Some(live) => &live.conn,
            None => unreachable!("only `drop` takes the connection"),
        }
    }
}

impl<D: Database> DerefMut for Lease<D> {
    fn deref_mut(&mut self) -> &mut Connection<D> {
        match &mut self.live {
            Some(live) => &mut live.conn,
            None => unreachable!("only `drop` takes the connection"),
        }
    }
}

impl<D: Database> Drop for Lease<D> {
    fn drop(&mut self) {
        let (Some(live), Some(permit)) = (self.live.take(), self.permit.take()) else {
            return;
        };
        let (writer, has_failed) = (self.writer.take(), self.has_failed);
        let pool = Arc::clone(&self.pool);
        if self.is_clean {
            pool.give_back(live);
            return;
        }
        // Without a runtime the connection is closed.
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move {
                clean(&pool, live, has_failed).await;
                drop((permit, writer));
            });
        }
    }
}

/// Ends the query and the transaction of a connection, and returns it to the pool if it still works.
async fn clean<D: Database>(pool: &Arc<Inner<D>>, mut live: Live<D>, has_failed: bool) {
    let work = async {
        roll_back(pool, &mut live).await?;
        if has_failed {
            // If the columns of a table have changed, PostgreSQL rejects its prepared statements until they are closed
            // (transact-rs/sqlx#1250).
            live.conn.clear_cached_statements().await?;
        }
        Ok::<_, sqlx::Error>(())
    };
    match timeout(CLEAN_UP, work).await {
        Ok(Ok(())) => pool.give_back(live),
        _ => pool.broke(),
    }
}

/// Rolls the transactions of a connection back. A query that still runs is cancelled, because the connection answers
/// only after it.
async fn roll_back<D: Database>(
    pool: &Arc<Inner<D>>,
    live: &mut Live<D>,
) -> Result<(), sqlx::Error> {
    match roll_back_or_cancel(pool, live).await {
        // This is the error of the query that was cancelled or dropped, so the connection works.
        Err(sqlx::Error::Database(_)) => end_transactions(live).await,
        done => done,
    }
}

async fn roll_back_or_cancel<D: Database>(
    pool: &Arc<Inner<D>>,
    live: &mut Live<D>,
) -> Result<(), sqlx::Error> {
    let id = live.id;
    let mut work = pin!(end_transactions(live));
    match (timeout(CANCEL_AFTER, work.as_mut()).await, id) {
        (Ok(done), _) => return done,
        (Err(_), Some(id)) => cancel(pool, id).await,
        (Err(_), None) => {}
    }
    work.await
}

async fn end_transactions<D: Database>(live: &mut Live<D>) -> Result<(), sqlx::Error> {
    while live.conn.is_in_transaction() {
        Manager::<D>::rollback(&mut live.conn).await?;
    }
    live.check().await
}

/// Cancels the query of a connection, by another connection.
async fn cancel<D: Database>(pool: &Arc<Inner<D>>, id: i32) {
    if let Some((mut idle, _permit)) = pool.borrow() {
        if D::Engine::cancel(&mut idle.conn, id).await.is_ok() {
            pool.give_back(idle);
        }
    } else if let Ok(mut extra) = pool.connect_bare().await {
        // An error leaves the query running, and `clean` waits for it.
        drop(D::Engine::cancel(&mut extra.conn, id).await);
        extra.close().await;
    }
}
