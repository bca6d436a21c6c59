//! A transaction as an argument of a handler.

use std::{
    fmt,
    ops::{Deref, DerefMut},
};

use highball::{
    describe::{Answer, Answers, Inputs},
    extract::{Fact, Facts, Input, Opens, Scope},
    prelude::*,
};
use sqlx::{SqlStr, error::ErrorKind};
use sqlx_core::transaction::TransactionManager;
use tokio::sync::{Mutex, MutexGuard};

use crate::{
    conn::{lend, wait, writer},
    database::{Connection, Database},
    engine::Engine,
    error::BUSY,
    live::Lease,
    on_commit::{InTransaction, OnCommit},
    pool::Pool,
};

/// The detail of the 409 for a commit that violates a constraint.
const CONFLICT: &str = "the change conflicts with stored data";

/// A transaction of a [`Database`], for handlers that write.
///
/// It begins after the body of the request has arrived. When the handler has ended, it is committed if the status of
/// the response is below 400, **before the head of the response is sent**, and rolled back otherwise. It is also rolled
/// back if the handler panics, if its client disconnects, and if a timeout ends before the commit has begun.
///
/// If the commit fails, this is the response: a 409 for a violated constraint, and a 500 otherwise. A failed statement
/// whose error the handler has ignored is such a failure with PostgreSQL.
///
/// Some cases are no errors, and a program has to allow for them:
/// - If a client disconnects during the commit, or if a timeout ends then, the commit continues, and its result is not
///   seen.
/// - Two databases in one handler are committed one after the other. The second may fail when the first is kept.
/// - Middleware around the handler may still replace a response whose transaction is committed.
///
/// # Examples
/// ```
/// use highball::prelude::*;
/// use highball_db::{Pool, Sqlite, Tx, database, sqlx};
///
/// database!(Shop: Sqlite);
///
/// #[derive(State)]
/// struct AppState {
///     shop: Pool<Shop>,
/// }
///
/// #[post("/names/{name}")]
/// async fn add(name: &str, mut tx: Tx<'_, Shop>) -> highball::Result<StatusCode> {
///     sqlx::query("CREATE TABLE IF NOT EXISTS names (name TEXT)").execute(&mut *tx).await?;
///     sqlx::query("INSERT INTO names VALUES ($1)").bind(name).execute(&mut *tx).await?;
///     Ok(if name == "bad" { StatusCode::BAD_REQUEST } else { StatusCode::CREATED })
/// }
///
/// #[routes(app)]
/// struct Api(add);
///
/// # highball::block_on(async {
/// let shop = Pool::<Shop>::memory().build();
/// let session = Api.test().state(AppState { shop: shop.clone() }).start();
/// session.post("/names/good").send().await;
/// session.post("/names/bad").send().await;
/// let mut conn = shop.acquire().await?;
/// let names: Vec<String> = sqlx::query_scalar("SELECT name FROM names").fetch_all(&mut *conn).await?;
/// assert_eq!(names, ["good"]);
/// # Ok::<(), highball::Error>(())
/// # }).unwrap();
/// ```
pub struct Tx<'r, D: Database>(MutexGuard<'r, State<D>>);

/// The transaction around a handler.
pub(crate) struct OpenTx<D: Database>(Mutex<State<D>>);

struct State<D: Database> {
    lease: Lease<D>,
    commits_on: fn(StatusCode) -> bool,
    on_commit: OnCommit,
}

impl<D: Database> Tx<'_, D> {
    /// Sets the statuses with which the transaction is committed, in place of those below 400.
    ///
    /// Use it for an error that has to be stored, such as a failed login that is counted.
    ///
    /// # Examples
    /// ```
    /// # use highball::prelude::*;
    /// # use highball_db::{Sqlite, Tx, database};
    /// # database!(Shop: Sqlite);
    /// #[post("/login")]
    /// async fn login(mut tx: Tx<'_, Shop>) -> StatusCode {
    ///     tx.commit_on(|status| status == StatusCode::FORBIDDEN || status.is_success());
    ///     // Count the attempt.
    ///     StatusCode::FORBIDDEN
    /// }
    /// ```
    pub fn commit_on(&mut self, statuses: fn(StatusCode) -> bool) {
        self.0.commits_on = statuses;
    }

    /// Commits now, and begins another transaction for the rest of the handler.
    ///
    /// # Errors
    /// Returns an error if the commit fails or if the next transaction cannot begin.
    ///
    /// # Cancel safety
    /// If the future is dropped, the commit may have happened or not.
    pub async fn commit(&mut self) -> Result<(), sqlx::Error> {
        let state = &mut *self.0;
        D::Engine::commit(&mut state.lease).await?;
        state.on_commit.run();
        begin::<D>(&mut state.lease).await
    }
}

impl<D: Database> Scope for OpenTx<D> {
    type State = Pool<D>;
    const ID: Fact = Fact::scope("connection", D::NAME);

    async fn open(cx: &mut Context<'_>, input: Input<'_, Pool<D>>) -> Result<Self, Rejection> {
        let pool = input.state().0.clone();
        let (start, wait) = (cx.clock().now(), wait(cx, &pool));
        let writer = writer(cx, &pool, wait).await?;
        let left = wait.saturating_sub(cx.clock().now() - start);
        let mut lease = lend(cx, &pool, left).await?;
        lease.hold(writer);
        let begun = cx.spawn(async move {
            begin::<D>(&mut lease).await?;
            Ok::<_, sqlx::Error>(State {
                lease,
                commits_on: is_success,
                on_commit: OnCommit::default(),
            })
        });
        match begun.await {
            Ok(Ok(state)) => Ok(Self(Mutex::new(state))),
            Ok(Err(error)) => Err(busy(error)),
            Err(error) => Err(busy(error)),
        }
    }

    async fn close(self, cx: &mut Context<'_>, response: Response) -> Response {
        let mut state = self.0.into_inner();
        if !(state.commits_on)(response.status()) {
            // It is rolled back in the background, so the response does not wait for it.
            state.lease.end(response.status());
            return response;
        }
        let now = cx.clock().now();
        if cx.deadline().is_some_and(|deadline| deadline <= now) {
            // The timeout has ended while the handler did, so its response may still be sent.
            return late().into_response();
        }
        // The task continues if the client disconnects.
        let committed = cx.spawn(async move {
            let outcome = D::Engine::commit(&mut state.lease).await;
            if outcome.is_ok() {
                state.on_commit.run();
                state.lease.end_committed();
            }
            outcome
        });
        match committed.await {
            Ok(Ok(())) => response,
            Ok(Err(error)) => failed(error).into_response(),
            Err(error) => Rejection::internal().with_source(error).into_response(),
        }
    }
}

impl<'r, D: Database> Extract<'r> for Tx<'r, D> {
    type State = Pool<D>;
    const FACTS: Facts = Facts::WRITES
        .and(Facts::TRANSACTION)
        .and(Facts::named(&[Fact::scope("connection", D::NAME)]));
    const INPUTS: Inputs = Inputs::NONE;
    const ANSWERS: Answers =
        Answers::either(&BUSY, &Answers::one(Answer::problem(409).about(CONFLICT)));
    const OPENS: Option<Opens<Pool<D>>> = Some(Opens::of::<OpenTx<D>>());

    fn extract(input: Input<'r, Pool<D>>) -> Result<Self, Rejection> {
        let open = input
            .opened::<OpenTx<D>>()
            .ok_or_else(Rejection::internal)?;
        open.0
            .try_lock()
            .map(Self)
            .map_err(|_| Rejection::internal())
    }
}

pub(crate) async fn begin<D: Database>(lease: &mut Lease<D>) -> Result<(), sqlx::Error> {
    let statement = SqlStr::from_static(D::Engine::BEGIN);
    <D::Engine as sqlx::Database>::TransactionManager::begin(lease, Some(statement)).await
}

fn is_success(status: StatusCode) -> bool {
    status.as_u16() < 400
}

fn busy(error: impl std::error::Error + Send + Sync + 'static) -> Rejection {
    Rejection::new(StatusCode::SERVICE_UNAVAILABLE, "the database is busy")
        .with_header(header::RETRY_AFTER, "1")
        .with_source(error)
}

/// Returns the response if there is no time for the commit.
fn late() -> Rejection {
    Rejection::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "the response took too long",
    )
    .with_header(header::RETRY_AFTER, "1")
}

/// Returns the response to a failed commit.
fn failed(error: sqlx::Error) -> Rejection {
    let kind = error.as_database_error().map(|error| error.kind());
    let is_conflict = matches!(
        kind,
        Some(
            ErrorKind::UniqueViolation
                | ErrorKind::ForeignKeyViolation
                | ErrorKind::CheckViolation
                | ErrorKind::ExclusionViolation
        )
    );
    match is_conflict {
        true => Rejection::new(StatusCode::CONFLICT, CONFLICT).with_source(error),
        false => Rejection::internal().with_source(error),
    }
}

impl<D: Database> InTransaction for Tx<'_, D> {
    type Database = D;

    fn on_commit(&mut self, work: impl FnOnce() + Send + 'static) {
        self.0.on_commit.push(work);
    }
}

impl<D: Database> Deref for Tx<'_, D> {
    type Target = Connection<D>;

    fn deref(&self) -> &Connection<D> {
        &self.0.lease
    }
}

impl<D: Database> DerefMut for Tx<'_, D> {
    fn deref_mut(&mut self) -> &mut Connection<D> {
        &mut self.0.lease
    }
}

impl<D: Database> fmt::Debug for Tx<'_, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tx")
            .field("database", &D::NAME)
            .finish_non_exhaustive()
    }
}
