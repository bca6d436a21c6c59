//! Jobs that are published at once.

use std::{fmt, marker::PhantomData, time::Duration};

use highball::{
    describe::{Answers, Inputs},
    extract::{Facts, Input},
    prelude::*,
};

use crate::{
    Job, Jobs, PushError, Retry,
    backend::Pushed,
    consumer::{Argument, ArgumentFrom, Env},
    job::Published,
    publisher::{Publisher, Publishing},
    push_error::BUSY,
};

/// Publishes jobs at once, for handlers that change nothing else.
///
/// [`push`](Self::push) returns when the job is stored. Next to a transaction it would be a dual write, which the
/// compiler refuses: take an [`Outbox`](crate::Outbox) there.
///
/// # Examples
/// ```
/// use highball::prelude::*;
/// use highball_db::{Pool, Sqlite, database};
/// use highball_jobs::{Job, Jobs, PushError, Queue};
/// use serde::{Deserialize, Serialize};
///
/// database!(Shop: Sqlite);
///
/// #[derive(State)]
/// struct AppState {
///     jobs: Jobs,
/// }
///
/// #[derive(Serialize, Deserialize, Job)]
/// #[job("report", unique(day), max_waiting = 1000)]
/// struct Report {
///     day: u32,
/// }
///
/// #[post("/reports/{day}")]
/// async fn request(day: u32, report: Queue<'_, Report>) -> Result<StatusCode, PushError> {
///     report.push(Report { day }).await?;
///     Ok(StatusCode::ACCEPTED)
/// }
///
/// #[routes(app, jobs(elsewhere("report")))]
/// struct Api(request);
///
/// # highball::block_on(async {
/// let jobs = Jobs::new(&Pool::<Shop>::memory().build());
/// let session = Api.test().state(AppState { jobs: jobs.clone() }).start();
/// assert_eq!(session.post("/reports/7").send().await.status(), 202);
/// assert_eq!(session.post("/reports/7").send().await.status(), 202);
/// assert_eq!(jobs.waiting::<Report>().await?.len(), 1);
/// # Ok::<(), highball::Error>(())
/// # }).unwrap();
/// ```
pub struct Queue<'r, J: Job> {
    publisher: Publisher<'r>,
    job: PhantomData<fn(J)>,
}

impl<J: Job> Queue<'_, J> {
    /// Publishes a job, and returns when it is stored.
    ///
    /// Returns the id of the job, or [`Pushed::Duplicate`] if an unfinished one has its unique key.
    ///
    /// # Errors
    /// Returns an error if too many jobs wait, if the backend fails, or if it does not answer within two seconds. In
    /// the last case the job may be stored.
    ///
    /// # Cancel safety
    /// If the future is dropped, the job may be stored or not.
    pub async fn push(&self, job: J) -> Result<Pushed, PushError> {
        self.push_after(Duration::ZERO, job).await
    }

    /// Publishes a job that runs after this time at the earliest.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    ///
    /// # Cancel safety
    /// As [`push`](Self::push).
    pub async fn push_after(&self, time: Duration, job: J) -> Result<Pushed, PushError> {
        let Publisher { jobs, producer, .. } = self.publisher;
        let trace = self.publisher.trace();
        jobs.push_as(&job, time, producer, trace).await
    }
}

impl<'r, J: Job> Extract<'r> for Queue<'r, J> {
    type State = Jobs;
    const FACTS: Facts = Published::<J>::DIRECTLY;
    const INPUTS: Inputs = Inputs::NONE;
    const ANSWERS: Answers = BUSY;

    fn extract(input: Input<'r, Jobs>) -> Result<Self, Rejection> {
        Ok(Self {
            publisher: Publisher::of_request::<J>(&input)?,
            job: PhantomData,
        })
    }
}

impl<J: Job> Argument for Queue<'static, J> {
    type Open = Publishing;
    type Lent<'o> = Queue<'o, J>;
    const FACTS: Facts = Published::<J>::DIRECTLY;

    fn lend(open: &mut Publishing) -> Queue<'_, J> {
        Queue {
            publisher: open.publisher(),
            job: PhantomData,
        }
    }
}

impl<J: Job, S: Send + Sync + 'static> ArgumentFrom<S> for Queue<'static, J> {
    async fn open(env: &Env<S>) -> Result<Publishing, Retry> {
        Publishing::open(env).await
    }

    async fn close(_: Publishing, _: &Env<S>, outcome: Result<(), Retry>) -> Result<(), Retry> {
        outcome
    }
}

impl<J: Job> fmt::Debug for Queue<'_, J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue")
            .field("job", &J::NAME)
            .finish_non_exhaustive()
    }
}
