//! The jobs of an app.

mod counts;
mod outbox;

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use highball::{
    battery::{Battery, Hooks},
    clock::Clock,
};
use highball_db::{Database, Pool};

use crate::{
    Job, PushError, Sql,
    backend::{Backend, JobId, Listed, Millis, NewJob, Pushed, State, Which},
    done::Done,
    job::masked,
    line::Line,
    relay::Relay,
    time::{duration, millis},
};

/// For how long a direct publisher waits for the backend.
const CONFIRM: Duration = Duration::from_secs(2);

/// How long the start waits for the backend.
const START: Duration = Duration::from_secs(30);

/// The jobs of an app: a value of the app state.
///
/// [`Outbox`](crate::Outbox) and [`Queue`](crate::Queue) publish jobs, and [`Workers`](crate::Workers) run them.
///
/// # Examples
/// ```no_run
/// use highball::prelude::*;
/// use highball_db::{Pool, Sqlite, Tx, database};
/// use highball_jobs::{Job, Jobs, Outbox, Retry, consumer};
/// use serde::{Deserialize, Serialize};
///
/// database!(Shop: Sqlite);
///
/// #[derive(Clone, State)]
/// struct AppState {
///     shop: Pool<Shop>,
///     jobs: Jobs,
/// }
///
/// #[derive(Serialize, Deserialize, Job)]
/// #[job("email")]
/// struct Email {
///     order: i64,
/// }
///
/// #[post("/orders/{order}")]
/// async fn create(
///     order: i64,
///     mut tx: Tx<'_, Shop>,
///     email: Outbox<'_, Email>,
/// ) -> highball::Result<StatusCode> {
///     email.push(&mut tx, Email { order }).await?;
///     Ok(StatusCode::ACCEPTED)
/// }
///
/// #[consumer(timeout = secs(30))]
/// async fn send_email(email: Email) -> Result<(), Retry> {
///     println!("order {}", email.order);
///     Ok(())
/// }
///
/// #[routes(app, jobs(send_email))]
/// struct Api(create);
///
/// #[highball::main]
/// async fn main() -> highball::Result {
///     let shop = Pool::<Shop>::file("shop.db").build();
///     let jobs = Jobs::new(&shop);
///     let state = AppState { shop: shop.clone(), jobs: jobs.clone() };
///     let workers = jobs.workers(Api, &state);
///     highball::serve(Api).state(state).install(shop).install(workers).await
/// }
/// ```
#[derive(Clone)]
pub struct Jobs(Arc<Inner>);

struct Inner {
    backend: Arc<dyn Backend>,
    /// Where jobs wait until they are in the backend, if it is not in the database of the app.
    outbox: Option<Relay>,
    done: Done,
    lines: Mutex<HashMap<String, Arc<Line>>>,
    clock: OnceLock<Clock>,
    confirm: Duration,
}

impl Jobs {
    /// Keeps jobs in the database of this pool, next to the data of the app.
    pub fn new<D: Database>(pool: &Pool<D>) -> Self {
        Self::on(Sql::new(pool))
    }

    /// Keeps jobs in this backend.
    pub fn on(backend: impl Backend) -> Self {
        Self::with(Arc::new(backend), None)
    }

    fn with(backend: Arc<dyn Backend>, outbox: Option<Relay>) -> Self {
        Self(Arc::new(Inner {
            backend,
            outbox,
            done: Done::default(),
            lines: Mutex::default(),
            clock: OnceLock::new(),
            confirm: CONFIRM,
        }))
    }

    /// Creates the tables, if they are missing. The battery of an app does this at its start.
    ///
    /// # Errors
    /// Returns an error if the backend fails, or if it was changed by a newer version of this package. If there is an
    /// [outbox](Self::with_outbox), a backend that is away is no error.
    pub async fn prepare(&self) -> highball::Result {
        self.reach(&[]).await
    }

    /// Publishes a job outside of requests, and returns when it is stored.
    ///
    /// # Errors
    /// Returns an error if too many jobs wait, if the backend fails, or if it does not answer within two seconds. In
    /// the last case the job may be stored.
    ///
    /// # Cancel safety
    /// If the future is dropped, the job may be stored or not.
    ///
    /// # Examples
    /// ```
    /// use highball_db::{Pool, Sqlite, database};
    /// use highball_jobs::{Job, Jobs};
    /// use serde::{Deserialize, Serialize};
    ///
    /// database!(Shop: Sqlite);
    ///
    /// #[derive(Serialize, Deserialize, Job)]
    /// #[job("report", unique(day))]
    /// struct Report {
    ///     day: u32,
    /// }
    ///
    /// # highball::block_on(async {
    /// let jobs = Jobs::new(&Pool::<Shop>::memory().build());
    /// assert!(jobs.push(Report { day: 7 }).await?.id().is_some());
    /// assert!(jobs.push(Report { day: 7 }).await?.id().is_none());
    /// assert_eq!(jobs.waiting::<Report>().await?.len(), 1);
    /// # Ok::<(), highball::Error>(())
    /// # }).unwrap();
    /// ```
    pub async fn push<J: Job>(&self, job: J) -> Result<Pushed, PushError> {
        self.push_as(&job, Duration::ZERO, "", None).await
    }

    pub(crate) async fn push_as<J: Job>(
        &self,
        job: &J,
        after: Duration,
        producer: &'static str,
        trace: Option<String>,
    ) -> Result<Pushed, PushError> {
        self.check_room::<J>()?;
        let new = self.new_job(job, after, producer, trace)?;
        let backend = Arc::clone(&self.0.backend);
        let now = self.now();
        // The task continues if the request is dropped.
        let pushing = tokio::spawn(async move { backend.push(vec![new], now).await });
        let pushed = match tokio::time::timeout(self.0.confirm, pushing).await {
            Ok(Ok(Ok(pushed))) => pushed,
            Ok(Ok(Err(error))) => {
                return Err(PushError::of_backend(J::NAME, error, self.0.confirm));
            }
            Ok(Err(error)) => return Err(PushError::failed(J::NAME, error)),
            Err(_) => return Err(PushError::unconfirmed(J::NAME, self.0.confirm)),
        };
        self.told(J::NAME);
        Ok(pushed.into_iter().next().unwrap_or(Pushed::Duplicate))
    }

    /// Returns an error if too many jobs wait.
    pub(crate) fn check_room<J: Job>(&self) -> Result<(), PushError> {
        let waiting = self.line(J::NAME).waiting();
        match J::MAX_WAITING > 0 && waiting >= J::MAX_WAITING {
            true => Err(PushError::full(J::NAME, waiting)),
            false => Ok(()),
        }
    }

    /// Returns a job as it is stored.
    pub(crate) fn new_job<J: Job>(
        &self,
        job: &J,
        after: Duration,
        producer: &'static str,
        trace: Option<String>,
    ) -> Result<NewJob, PushError> {
        let payload = serde_json::to_string(job);
        Ok(NewJob {
            id: None,
            name: J::NAME.into(),
            version: J::VERSION,
            payload: payload.map_err(|error| PushError::failed(J::NAME, error))?,
            order_key: job.order_key(),
            limit_key: job.limit_key(),
            unique_key: job.unique_key(),
            unique_for: J::UNIQUE_FOR,
            due: self.now() + duration(after),
            producer: producer.into(),
            trace,
        })
    }

    /// Wakes the consumers of a job that was stored, here and in other processes, or the relay that publishes it.
    pub(crate) fn told(&self, name: &'static str) {
        self.line(name).add();
        match &self.0.outbox {
            Some(relay) => relay.wake.notify_one(),
            None => self.0.backend.announce(name),
        }
    }

    /// Returns the jobs of a type that wait or run, the oldest first, up to 1,000: for tests.
    ///
    /// Those that are still in an [outbox](Self::with_outbox) are not among them.
    ///
    /// # Errors
    /// Returns an error if the backend fails, or if a payload cannot be read. A broker cannot list the jobs that wait.
    pub async fn waiting<J: Job>(&self) -> highball::Result<Vec<J>> {
        let mut jobs = Vec::new();
        for state in [State::Running, State::Waiting] {
            for listed in self.0.backend.list(J::NAME.to_owned(), state, 1000).await? {
                let job = crate::job::read(listed.version, &listed.payload);
                jobs.push(job.map_err(highball::Error::from_boxed)?);
            }
        }
        Ok(jobs)
    }

    /// Returns the parked jobs of a type, the oldest first, up to `most`. The values of secret fields are masked.
    ///
    /// # Errors
    /// Returns an error if the backend fails.
    pub async fn parked<J: Job>(&self, most: usize) -> highball::Result<Vec<Listed>> {
        let listed = self.0.backend.list(J::NAME.to_owned(), State::Parked, most);
        let mut listed = listed.await?;
        for job in &mut listed {
            job.payload = masked(&job.payload, J::SECRET);
        }
        Ok(listed)
    }

    /// Makes a parked job available again, with all its attempts.
    ///
    /// # Errors
    /// Returns an error if the backend fails, or if another job has its unique key.
    pub async fn requeue(&self, job: &JobId) -> highball::Result<bool> {
        let count = self
            .0
            .backend
            .requeue(Which::One(job.clone()), self.now())
            .await?;
        self.wake_all();
        Ok(count > 0)
    }

    /// Makes up to `most` parked jobs of a type available again, the oldest first, and returns how many. Those whose
    /// unique key another job has stay parked.
    ///
    /// # Errors
    /// Returns an error if the backend fails.
    pub async fn requeue_all<J: Job>(&self, most: usize) -> highball::Result<u64> {
        let which = Which::Some(J::NAME.to_owned(), most);
        let count = self.0.backend.requeue(which, self.now()).await?;
        self.wake_all();
        Ok(count)
    }

    /// Waits until no job waits, also for its time, or runs: for tests.
    ///
    /// # Errors
    /// Returns an error if the backend fails.
    pub async fn idle(&self) -> highball::Result {
        loop {
            let counts = self.counts().await?;
            if !counts.iter().any(|count| count.state != State::Parked) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    pub(crate) fn backend(&self) -> &Arc<dyn Backend> {
        &self.0.backend
    }

    pub(crate) fn outbox(&self) -> Option<&Relay> {
        self.0.outbox.as_ref()
    }

    /// Returns which jobs have had their effect.
    pub(crate) fn done(&self) -> &Done {
        &self.0.done
    }

    /// Returns whether the jobs are in this database.
    pub(crate) fn is_in(&self, database: &str) -> bool {
        self.0.backend.database() == Some(database)
    }

    /// Returns the database in whose transactions jobs are published, if there is one.
    pub(crate) fn database(&self) -> Option<&'static str> {
        match &self.0.outbox {
            Some(relay) => Some(relay.table.database()),
            None => self.0.backend.database(),
        }
    }

    /// Returns the jobs of a name.
    pub(crate) fn line(&self, name: &str) -> Arc<Line> {
        let mut lines = self.0.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(line) = lines.get(name) {
            return Arc::clone(line);
        }
        Arc::clone(lines.entry(name.to_owned()).or_default())
    }

    fn wake_all(&self) {
        let lines = self.0.lines.lock().unwrap_or_else(PoisonError::into_inner);
        for line in lines.values() {
            line.wake.notify_one();
        }
    }

    /// Sets the clock of the server.
    pub(crate) fn follow(&self, clock: &Clock) {
        let _ = self.0.clock.set(clock.clone());
    }

    /// Returns the time of the server.
    pub(crate) fn now(&self) -> Millis {
        let clock = self.0.clock.get();
        millis(clock.map_or_else(std::time::SystemTime::now, Clock::system_time))
    }
}

/// For an app that only publishes. One that has consumers installs its [`Workers`](crate::Workers).
impl Battery for Jobs {
    fn name(&self) -> String {
        "jobs".to_owned()
    }

    fn install(self, hooks: &mut Hooks<'_>) {
        self.install_relay(hooks);
        let jobs = self.clone();
        hooks.background("counts", move |stopping, _| {
            let jobs = jobs.clone();
            async move { jobs.keep_counts(stopping).await }
        });
        hooks.on_start(START, async move { self.prepare().await });
    }
}

impl fmt::Debug for Jobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jobs")
            .field("backend", &self.0.backend.name())
            .finish_non_exhaustive()
    }
}
