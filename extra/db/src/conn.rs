//! A connection as an argument of a handler.

use std::{
    fmt,
    ops::{Deref, DerefMut},
    time::Duration,
};

use highball::{
    Priority,
    describe::{Answers, Inputs},
    extract::{Fact, Facts, Input, Opens, Scope},
    prelude::*,
};
use tokio::sync::{Mutex, MutexGuard};

use crate::{
    PoolError,
    database::{Connection, Database},
    error::BUSY,
    holders::By,
    live::Lease,
    pool::{Inner, Pool},
    waiting::Permit,
};

/// A connection of a [`Database`], for handlers that read, or that write with single statements.
///
/// It is taken after the body of the request has arrived, and returned when the handler has ended. Each statement is a
/// transaction; [`Tx`](crate::Tx) is one transaction for the handler. It derefs to the connection of sqlx.
/// One handler can have one connection of each database, which the compiler checks.
///
/// The request waits for a free connection for at most [`wait`](crate::Builder::wait), and no longer than half of the
/// time that its route has left. The routes with the highest priority are first. If none is free, the response is a
/// 503 with `Retry-After`.
///
/// If the client disconnects, the connection returns to the pool: a query that still runs is cancelled, and an open
/// transaction is rolled back.
///
/// # Examples
/// ```
/// use highball::prelude::*;
/// use highball_db::{Conn, Pool, Sqlite, database, sqlx};
///
/// database!(Shop: Sqlite);
///
/// #[derive(State)]
/// struct AppState {
///     shop: Pool<Shop>,
/// }
///
/// #[get("/sum/{a}/{b}")]
/// async fn sum(a: i64, b: i64, mut shop: Conn<'_, Shop>) -> highball::Result<Json<i64>> {
///     let sum = sqlx::query_scalar("SELECT $1 + $2").bind(a).bind(b);
///     Ok(Json(sum.fetch_one(&mut *shop).await?))
/// }
///
/// #[routes(app)]
/// struct Api(sum);
///
/// # highball::block_on(async {
/// let shop = Pool::<Shop>::memory().build();
/// let response = Api.test().state(AppState { shop }).get("/sum/3/4").send().await;
/// assert_eq!(response.json::<i64>(), 7);
/// # });
/// ```
pub struct Conn<'r, D: Database>(MutexGuard<'r, Lease<D>>);

/// The connection around a handler.
pub(crate) struct OpenConn<D: Database>(Mutex<Lease<D>>);

impl<D: Database> Scope for OpenConn<D> {
    type State = Pool<D>;
    const ID: Fact = Fact::scope("connection", D::NAME);

    async fn open(cx: &mut Context<'_>, input: Input<'_, Pool<D>>) -> Result<Self, Rejection> {
        let pool = input.state().0.clone();
        let wait = wait(cx, &pool);
        Ok(Self(Mutex::new(lend(cx, &pool, wait).await?)))
    }

    async fn close(self, _: &mut Context<'_>, response: Response) -> Response {
        self.0.into_inner().end(response.status());
        response
    }
}

impl<'r, D: Database> Extract<'r> for Conn<'r, D> {
    type State = Pool<D>;
    const FACTS: Facts = Facts::named(&[Fact::scope("connection", D::NAME)]);
    const INPUTS: Inputs = Inputs::NONE;
    const ANSWERS: Answers = BUSY;
    const OPENS: Option<Opens<Pool<D>>> = Some(Opens::of::<OpenConn<D>>());

    fn extract(input: Input<'r, Pool<D>>) -> Result<Self, Rejection> {
        let open = input
            .opened::<OpenConn<D>>()
            .ok_or_else(Rejection::internal)?;
        open.0
            .try_lock()
            .map(Self)
            .map_err(|_| Rejection::internal())
    }
}

/// Returns how long a request may wait for a connection.
pub(crate) fn wait<D: Database>(cx: &Context<'_>, pool: &Inner<D>) -> Duration {
    let left = cx.deadline().map(|deadline| deadline - cx.clock().now());
    let half = left.map_or(Duration::MAX, |left| left / 2);
    half.min(pool.options.wait)
}

pub(crate) async fn lend<D: Database>(
    cx: &Context<'_>,
    pool: &std::sync::Arc<Inner<D>>,
    wait: Duration,
) -> Result<Lease<D>, PoolError> {
    let route = cx.route();
    let priority = route.map_or(Priority::Normal, |route| route.priority());
    pool.lend(priority, wait, cx.clock(), By::Route(route))
        .await
}

/// Waits for the permission to write, if the engine has one writer.
pub(crate) async fn writer<D: Database>(
    cx: &Context<'_>,
    pool: &Inner<D>,
    wait: Duration,
) -> Result<Option<Permit>, PoolError> {
    let priority = cx
        .route()
        .map_or(Priority::Normal, |route| route.priority());
    pool.writer(priority, wait, cx.clock()).await
}

impl<D: Database> Deref for Conn<'_, D> {
    type Target = Connection<D>;

    fn deref(&self) -> &Connection<D> {
        &self.0
    }
}

impl<D: Database> DerefMut for Conn<'_, D> {
    fn deref_mut(&mut self) -> &mut Connection<D> {
        &mut self.0
    }
}

impl<D: Database> fmt::Debug for Conn<'_, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Conn")
            .field("database", &D::NAME)
            .finish_non_exhaustive()
    }
}
