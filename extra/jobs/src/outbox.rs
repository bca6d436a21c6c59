//! Jobs that are stored in the transaction of the handler.

use std::{fmt, marker::PhantomData, time::Duration};

use highball::{
    describe::{Answers, Inputs},
    extract::{Facts, Input},
    prelude::*,
};
use highball_db::{Database, InTransaction};

use crate::{
    Job, Jobs, PushError, Retry,
    backend::{NewJob, Pushed},
    consumer::{Argument, ArgumentFrom, Env},
    job::Published,
    publisher::{Publisher, Publishing},
    push_error::BUSY,
    sql,
};

/// Publishes jobs in the transaction of a handler or of a consumer: a job is published if the transaction is committed,
/// and not otherwise.
///
/// It is the safe way to publish where data changes as well: no crash can keep one of them and lose the other. The jobs
/// must be in the database of the transaction, [`Jobs::new`], or their outbox, [`Jobs::with_outbox`].
///
/// # Examples
/// ```
/// use highball::prelude::*;
/// use highball_db::{Pool, Sqlite, Tx, database, sqlx};
/// use highball_jobs::{Job, Jobs, Outbox};
/// use serde::{Deserialize, Serialize};
///
/// database!(Shop: Sqlite);
///
/// #[derive(State)]
/// struct AppState {
///     shop: Pool<Shop>,
///     jobs: Jobs,
/// }
///
/// #[derive(Serialize, Deserialize, Job)]
/// #[job("email")]
/// struct Email {
///     to: String,
/// }
///
/// #[post("/orders/{to}")]
/// async fn order(
///     to: &str,
///     mut tx: Tx<'_, Shop>,
///     email: Outbox<'_, Email>,
/// ) -> highball::Result<StatusCode> {
///     email.push(&mut tx, Email { to: to.to_owned() }).await?;
///     // The job of an order that is refused is not published.
///     Ok(if to.contains('@') { StatusCode::ACCEPTED } else { StatusCode::BAD_REQUEST })
/// }
///
/// // Another program has the consumer.
/// #[routes(app, jobs(elsewhere("email")))]
/// struct Api(order);
///
/// # highball::block_on(async {
/// let shop = Pool::<Shop>::memory().build();
/// let jobs = Jobs::new(&shop);
/// jobs.prepare().await?;
/// let session = Api.test().state(AppState { shop, jobs: jobs.clone() }).start();
/// assert_eq!(session.post("/orders/ada@example.org").send().await.status(), 202);
/// assert_eq!(session.post("/orders/ada").send().await.status(), 400);
/// let waiting = jobs.waiting::<Email>().await?;
/// assert_eq!(waiting.len(), 1);
/// # Ok::<(), highball::Error>(())
/// # }).unwrap();
/// ```
pub struct Outbox<'r, J: Job> {
    publisher: Publisher<'r>,
    job: PhantomData<fn(J)>,
}

impl<J: Job> Outbox<'_, J> {
    /// Publishes a job if the transaction is committed.
    ///
    /// Returns the id of the job, or [`Pushed::Duplicate`] if an unfinished one has its unique key.
    ///
    /// # Errors
    /// Returns an error if the statement fails, and if the jobs are in another database.
    ///
    /// # Cancel safety
    /// If the future is dropped, the job may be part of the transaction or not.
    pub async fn push(&self, tx: &mut impl InTransaction, job: J) -> highball::Result<Pushed> {
        self.push_after(tx, Duration::ZERO, job).await
    }

    /// Publishes a job that runs after this time at the earliest.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    ///
    /// # Cancel safety
    /// As [`push`](Self::push).
    pub async fn push_after<T: InTransaction>(
        &self,
        tx: &mut T,
        time: Duration,
        job: J,
    ) -> highball::Result<Pushed> {
        self.check_database(T::Database::NAME)?;
        let Publisher { jobs, producer, .. } = self.publisher;
        let new = jobs.new_job(&job, time, producer, self.publisher.trace())?;
        let pushed = self.insert(tx, &new).await?;
        if pushed != Pushed::Duplicate {
            let jobs = jobs.clone();
            tx.on_commit(move || jobs.told(J::NAME));
        }
        Ok(pushed)
    }

    async fn insert(&self, tx: &mut impl InTransaction, new: &NewJob) -> highball::Result<Pushed> {
        let jobs = self.publisher.jobs;
        let Some(relay) = jobs.outbox() else {
            let backend = jobs.backend();
            let (now, due) = (backend.time(jobs.now()), backend.time(new.due));
            return sql::insert(tx, new, now, due).await;
        };
        // A relay could only repeat it for ever.
        let checked = jobs.backend().check_job(new);
        checked.map_err(|error| PushError::of_backend(J::NAME, error, Duration::ZERO))?;
        let next = relay.table.time(new.due);
        let id = sql::insert_into_outbox(tx, new, next, jobs.now()).await?;
        Ok(Pushed::Stored(id))
    }

    fn check_database(&self, of_transaction: &str) -> highball::Result {
        let jobs = self.publisher.jobs;
        if jobs.database() == Some(of_transaction) {
            return Ok(());
        }
        let place = match jobs.database() {
            Some(database) => format!("in the database `{database}`"),
            None => "in no database of the app".to_owned(),
        };
        Err(highball::Error::new(format!(
            "the job `{}` cannot be part of a transaction of `{of_transaction}`, because the jobs are {place}: create \
             them with `Jobs::new(&pool)` of the same pool, or with `Jobs::on(..).with_outbox(&pool)`",
            J::NAME
        )))
    }
}

impl<'r, J: Job> Extract<'r> for Outbox<'r, J> {
    type State = Jobs;
    const FACTS: Facts = Published::<J>::FACTS;
    const INPUTS: Inputs = Inputs::NONE;
    const ANSWERS: Answers = BUSY;

    fn extract(input: Input<'r, Jobs>) -> Result<Self, Rejection> {
        Ok(Self {
            publisher: Publisher::of_request::<J>(&input)?,
            job: PhantomData,
        })
    }
}

impl<J: Job> Argument for Outbox<'static, J> {
    type Open = Publishing;
    type Lent<'o> = Outbox<'o, J>;
    const FACTS: Facts = Published::<J>::FACTS;

    fn lend(open: &mut Publishing) -> Outbox<'_, J> {
        Outbox {
            publisher: open.publisher(),
            job: PhantomData,
        }
    }
}

impl<J: Job, S: Send + Sync + 'static> ArgumentFrom<S> for Outbox<'static, J> {
    async fn open(env: &Env<S>) -> Result<Publishing, Retry> {
        Publishing::open(env).await
    }

    async fn close(_: Publishing, _: &Env<S>, outcome: Result<(), Retry>) -> Result<(), Retry> {
        outcome
    }
}

impl<J: Job> fmt::Debug for Outbox<'_, J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbox")
            .field("job", &J::NAME)
            .finish_non_exhaustive()
    }
}
