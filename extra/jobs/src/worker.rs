//! The processes that run jobs.

mod by_hand;
mod changes;
mod commands;
mod consume;
mod gauges;
mod lease;
mod perform;
mod running;
mod schedule;
mod upkeep;

use std::{
    fmt,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use highball::{
    battery::{Battery, Control, Hooks},
    clock::Clock,
    describe::{ConsumerInfo, Consumers},
    serve::Stopping,
};

pub use self::by_hand::WorkerByHand;
use self::running::Running;
use crate::{
    Jobs, Options, Retry, Schedule,
    backend::Requirements,
    consumer::{Env, Run},
    contract::Contract,
};

/// How long the release of jobs at the stop may take.
const RELEASE: Duration = Duration::from_secs(5);

/// How long the start waits for the backend.
const START: Duration = Duration::from_secs(30);

impl Jobs {
    /// Returns the battery that runs the consumers of an app, `#[routes(app, jobs(..))]`, with clones of its state.
    pub fn workers<A, S>(&self, app: A, state: &S) -> Workers<S>
    where
        A: Consumers,
        A::List: ConsumerList<S>,
        S: Clone + Send + Sync + 'static,
    {
        let _ = app;
        Workers {
            jobs: self.clone(),
            app: Arc::new(state.clone()),
            consumers: A::List::consumers(),
            settings: Settings::default(),
        }
    }
}

/// The battery that runs the consumers of an app. [`Jobs::workers`] returns it.
///
/// Install it after the pool that its jobs are in. When a stop begins, no further job is begun, and those that run have
/// the time of `shutdown_timeout`. Jobs that are not done by then are released: another process runs them, and the
/// attempt does not count.
///
/// # Examples
/// ```no_run
/// use std::time::Duration;
///
/// use highball::prelude::*;
/// use highball_db::{Pool, Sqlite, database};
/// use highball_jobs::{Job, Jobs, Retry, Workers, consumer};
/// use serde::{Deserialize, Serialize};
///
/// database!(Shop: Sqlite);
///
/// #[derive(Clone, State)]
/// struct AppState {
///     jobs: Jobs,
/// }
///
/// #[derive(Serialize, Deserialize, Job)]
/// #[job("report")]
/// struct Report;
///
/// #[consumer(timeout = mins(5), from = outside)]
/// async fn write_report(report: Report) -> Result<(), Retry> {
///     Ok(())
/// }
///
/// #[routes(app, jobs(write_report))]
/// struct Api();
///
/// #[highball::main]
/// async fn main() -> highball::Result {
///     let shop = Pool::<Shop>::file("shop.db").build();
///     let jobs = Jobs::new(&shop);
///     let state = AppState { jobs: jobs.clone() };
///     let workers: Workers<AppState> = jobs.workers(Api, &state).lease(Duration::from_secs(60));
///     highball::serve(Api).state(state).install(shop).install(workers).await
/// }
/// ```
pub struct Workers<S> {
    jobs: Jobs,
    app: Arc<S>,
    consumers: Vec<ConsumerOf<S>>,
    settings: Settings,
}

#[derive(Debug, Clone, Copy)]
struct Settings {
    lease: Duration,
    poll: Duration,
    /// Whether only the command `worker` runs jobs.
    is_apart: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(30),
            poll: Duration::from_secs(1),
            is_apart: false,
        }
    }
}

impl<S> Workers<S> {
    /// Sets the time after which another process runs a job whose worker does not renew its lease, because its process
    /// has ended or its thread is blocked. The default is 30 seconds, and it is renewed after a third.
    #[must_use]
    pub fn lease(mut self, lease: Duration) -> Self {
        self.settings.lease = lease.max(Duration::from_millis(100));
        self
    }

    /// Sets the longest pause between two looks for jobs of other processes. The default is a second.
    #[must_use]
    pub fn poll(mut self, poll: Duration) -> Self {
        self.settings.poll = poll.max(Duration::from_millis(10));
        self
    }
}

impl<S> Workers<S> {
    /// Runs jobs only in processes of the command `worker`, and not in those that serve the app:
    /// `cargo run -- worker`, if `main` passes its arguments on with
    /// [`arguments`](highball::serve::Serve::arguments).
    #[must_use]
    pub fn apart(mut self) -> Self {
        self.settings.is_apart = true;
        self
    }
}

/// The worker of one process.
pub(crate) struct Worker<S> {
    jobs: Jobs,
    app: Arc<S>,
    consumers: Vec<ConsumerOf<S>>,
    settings: Settings,
    /// A name that no other process has.
    id: String,
    running: Arc<Running>,
    /// Whether this process runs jobs.
    is_on: AtomicBool,
    /// Whether background work is shed, if a server has installed the worker.
    control: OnceLock<Control>,
}

/// A consumer, as the worker calls it.
pub struct ConsumerOf<S> {
    pub(crate) info: ConsumerInfo,
    pub(crate) options: Options,
    pub(crate) schedule: Option<Schedule>,
    /// The newest version of the payload that it reads.
    pub(crate) version: u32,
    /// The most jobs of a limit key that run at once.
    pub(crate) limit: Option<u32>,
    pub(crate) contract: Option<Contract>,
    /// The fields that are never shown.
    pub(crate) secret: &'static [&'static str],
    pub(crate) start: Start<S>,
}

/// Reads the payload of this version, and calls the consumer.
type Start<S> = fn(Arc<Env<S>>, u32, String) -> Outcome;

type Outcome = std::pin::Pin<Box<dyn Future<Output = Result<(), Retry>> + Send>>;

impl<S> ConsumerOf<S> {
    /// Returns the name of its jobs.
    pub(crate) fn name(&self) -> &'static str {
        self.info.job()
    }

    fn requirements(&self) -> Requirements {
        Requirements {
            name: self.name(),
            timeout: self.options.timeout,
            rate: self.options.rate,
            is_scheduled: self.schedule.is_some(),
        }
    }
}

fn start<S: Send + Sync + 'static, C: Run<S>>(
    env: Arc<Env<S>>,
    version: u32,
    payload: String,
) -> Outcome {
    Box::pin(async move { C::run(&env, version, &payload).await })
}

/// The consumers of an app, as nested pairs. `#[routes(app, jobs(..))]` generates the list.
///
/// # Examples
/// ```
/// use highball::describe::Consumers;
/// use highball_jobs::{ConsumerList, Jobs, Workers};
///
/// /// Returns the worker of an app that is not fixed.
/// fn workers<A: Consumers>(app: A, jobs: &Jobs, state: &()) -> Workers<()>
/// where
///     A::List: ConsumerList<()>,
/// {
///     jobs.workers(app, state)
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "the consumers of this app cannot run with the state `{S}`",
    note = "each consumer takes `State<T>` of a field of the app state, and `&mut Transaction<D>` if it has a `Pool<D>`"
)]
pub trait ConsumerList<S> {
    /// Returns the consumers.
    fn consumers() -> Vec<ConsumerOf<S>>;
}

impl<S> ConsumerList<S> for () {
    fn consumers() -> Vec<ConsumerOf<S>> {
        Vec::new()
    }
}

impl<S, C, R> ConsumerList<S> for (C, R)
where
    S: Send + Sync + 'static,
    C: Run<S>,
    R: ConsumerList<S>,
{
    fn consumers() -> Vec<ConsumerOf<S>> {
        let first = ConsumerOf {
            info: C::INFO,
            options: C::OPTIONS,
            schedule: C::SCHEDULE,
            version: C::VERSION,
            limit: Some(C::LIMIT).filter(|limit| *limit > 0),
            contract: C::CONTRACT,
            secret: C::SECRET,
            start: start::<S, C>,
        };
        let mut all = vec![first];
        all.extend(R::consumers());
        all
    }
}

impl<S: Send + Sync + 'static> Worker<S> {
    fn new(workers: Workers<S>) -> Self {
        let random = std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), 0_u8);
        Self {
            jobs: workers.jobs,
            app: workers.app,
            consumers: workers.consumers,
            settings: workers.settings,
            id: format!("{}-{random:016x}", std::process::id()),
            running: Arc::default(),
            is_on: AtomicBool::new(!workers.settings.is_apart),
            control: OnceLock::new(),
        }
    }

    /// Prepares the backend, and checks that it can run the consumers.
    async fn prepare(&self) -> highball::Result {
        let backend = self.jobs.backend();
        for consumer in &self.consumers {
            let mut requirements = consumer.requirements();
            // The outbox keeps the schedules.
            requirements.is_scheduled &= self.jobs.outbox().is_none();
            backend.check_consumer(&requirements)?;
        }
        let names = self.consumers.iter().map(ConsumerOf::name);
        self.jobs.reach(&names.collect::<Vec<_>>()).await
    }

    /// Runs the consumers until the stop, and then those jobs that run.
    async fn run(self: Arc<Self>, stopping: Stopping, clock: Clock) -> highball::Result {
        self.jobs.follow(&clock);
        let _upkeep = self.spawn_upkeep(&clock);
        if !self.is_on.load(Relaxed) {
            stopping.await;
            return Ok(());
        }
        let mut tasks = tokio::task::JoinSet::new();
        for idx in 0..self.consumers.len() {
            let worker = Arc::clone(&self);
            tasks.spawn(worker.consume(idx, stopping.clone(), clock.clone()));
        }
        let _renewal = self.renew();
        let _changes = self.spawn_changes();
        while let Some(ended) = tasks.join_next().await {
            ended?;
        }
        Ok(())
    }

    /// Gives back what has not ended.
    async fn release(&self) -> highball::Result {
        let now = self.jobs.now();
        let mut tasks = tokio::task::JoinSet::new();
        for receipt in self.running.take_all().await {
            let backend = Arc::clone(self.jobs.backend());
            let end = crate::backend::End::Release { due: now };
            tasks.spawn(async move { backend.settle(receipt, end, now).await });
        }
        let mut outcome = Ok(());
        while let Some(released) = tasks.join_next().await {
            // One that fails must not keep the others.
            outcome = outcome.and(released?.map(drop));
        }
        Ok(outcome?)
    }
}

impl<S: Send + Sync + 'static> Battery for Workers<S> {
    fn name(&self) -> String {
        "jobs".to_owned()
    }

    fn install(self, hooks: &mut Hooks<'_>) {
        let worker = Arc::new(Worker::new(self));
        // It is installed once.
        let _ = worker.control.set(hooks.control());
        let start = Arc::clone(&worker);
        hooks.on_start(START, async move { start.prepare().await });
        worker.jobs.install_relay(hooks);
        let run = Arc::clone(&worker);
        hooks.background("consumers", move |stopping, clock| {
            Arc::clone(&run).run(stopping, clock)
        });
        let release = Arc::clone(&worker);
        hooks.on_close(RELEASE, async move { release.release().await });
        let on = Arc::clone(&worker);
        hooks.background_command("worker", "Runs jobs, and serves no requests.", move || {
            on.is_on.store(true, Relaxed);
        });
        let commanded = Arc::clone(&worker);
        hooks.command("jobs", commands::ABOUT, move |arguments| async move {
            commanded.command(&arguments).await
        });
        let contracted = Arc::clone(&worker);
        hooks.command(
            "contracts",
            commands::ABOUT_CONTRACTS,
            move |arguments| async move { contracted.contracts(&arguments) },
        );
        worker.add_gauges(hooks);
    }
}

impl<S> fmt::Debug for Workers<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workers")
            .field("jobs", &self.jobs)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl<S> fmt::Debug for ConsumerOf<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConsumerOf")
            .field("info", &self.info)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
