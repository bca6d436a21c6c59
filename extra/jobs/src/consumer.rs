//! The traits of consumers and of their arguments.

use std::{
    future::Future,
    marker::PhantomData,
    sync::{Arc, atomic::Ordering::Relaxed},
};

use highball::{
    describe::Consumer,
    extract::{Facts, Provide, State},
};
use highball_db::{Database, InTransaction as _, Pool, Transaction};

use crate::{Attempt, Job, Options, Retry, Schedule, contract::Contract, sql};

/// The app state and the attempt of one call.
#[derive(Debug)]
pub struct Env<S> {
    pub(crate) app: Arc<S>,
    pub(crate) attempt: Arc<Attempt>,
    /// The name of the consumer's function.
    pub(crate) consumer: &'static str,
}

/// A consumer that runs with the app state `S`. `#[consumer]` and `#[cron]` implement it.
///
/// It has no associated type for the job, because private jobs must be allowed.
pub trait Run<S>: Consumer {
    /// The newest version of the payload that it reads.
    const VERSION: u32;
    /// The most jobs of a limit key that run at once, or 0.
    const LIMIT: u32;
    /// The fields of the job that are never shown.
    const SECRET: &'static [&'static str];
    /// The committed form of the job.
    const CONTRACT: Option<Contract> = None;
    /// How it runs.
    const OPTIONS: Options;
    /// When it runs, if a schedule publishes its job.
    const SCHEDULE: Option<Schedule> = None;

    /// Reads the payload of a version, and calls the function.
    fn run(
        env: &Env<S>,
        version: u32,
        payload: &str,
    ) -> impl Future<Output = Result<(), Retry>> + Send;
}

/// An argument of a consumer after the job, by its type with `'static` in place of each lifetime.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an argument of a consumer",
    label = "not an argument of a consumer",
    note = "after the job, a consumer takes `State<T>`, `&mut Transaction<D>`, `&Attempt`, `Outbox<'_, J>` and `Queue<'_, J>`"
)]
pub trait Argument: 'static {
    /// The value that lives around the call.
    type Open: Send;
    /// The argument, with its lifetime.
    type Lent<'o>;
    /// Its facts.
    const FACTS: Facts;

    /// Returns the argument.
    fn lend(open: &mut Self::Open) -> Self::Lent<'_>;
}

/// How an argument is opened and closed with an app state.
pub trait ArgumentFrom<S>: Argument {
    /// Opens the argument.
    fn open(env: &Env<S>) -> impl Future<Output = Result<Self::Open, Retry>> + Send;

    /// Ends the argument, and returns the outcome for the argument before it. It is also called if the arguments after
    /// it cannot be opened.
    fn close(
        open: Self::Open,
        env: &Env<S>,
        outcome: Result<(), Retry>,
    ) -> impl Future<Output = Result<(), Retry>> + Send;
}

/// The arguments as a list: `(State<Mailer>, (&'static mut Transaction<Shop>, ()))`.
pub trait Arguments: 'static {
    /// The value that lives around the call.
    type Open: Send;
    /// The arguments, with their lifetime.
    type Lent<'o>;

    /// Returns the arguments.
    fn lend(open: &mut Self::Open) -> Self::Lent<'_>;
}

impl Arguments for () {
    type Open = ();
    type Lent<'o> = ();

    fn lend((): &mut ()) {}
}

impl<A: Argument, R: Arguments> Arguments for (A, R) {
    type Open = (A::Open, R::Open);
    type Lent<'o> = (A::Lent<'o>, R::Lent<'o>);

    fn lend((first, rest): &mut Self::Open) -> Self::Lent<'_> {
        (A::lend(first), R::lend(rest))
    }
}

/// How a list of arguments is opened and closed with an app state.
pub trait ArgumentsFrom<S>: Arguments {
    /// Opens the arguments in order.
    fn open_all(env: &Env<S>) -> impl Future<Output = Result<Self::Open, Retry>> + Send;

    /// Ends the arguments, the last one first.
    fn close_all(
        open: Self::Open,
        env: &Env<S>,
        outcome: Result<(), Retry>,
    ) -> impl Future<Output = Result<(), Retry>> + Send;
}

impl<S: Send + Sync + 'static> ArgumentsFrom<S> for () {
    async fn open_all(_: &Env<S>) -> Result<(), Retry> {
        Ok(())
    }

    async fn close_all((): (), _: &Env<S>, outcome: Result<(), Retry>) -> Result<(), Retry> {
        outcome
    }
}

impl<S, A, R> ArgumentsFrom<S> for (A, R)
where
    S: Send + Sync + 'static,
    A: ArgumentFrom<S>,
    R: ArgumentsFrom<S>,
{
    async fn open_all(env: &Env<S>) -> Result<Self::Open, Retry> {
        let first = A::open(env).await?;
        match R::open_all(env).await {
            Ok(rest) => Ok((first, rest)),
            Err(retry) => {
                let closed = A::close(first, env, Err(retry)).await;
                let lost = || Retry::later("an argument could not be opened");
                Err(closed.err().unwrap_or_else(lost))
            }
        }
    }

    async fn close_all(
        (first, rest): Self::Open,
        env: &Env<S>,
        outcome: Result<(), Retry>,
    ) -> Result<(), Retry> {
        let outcome = R::close_all(rest, env, outcome).await;
        A::close(first, env, outcome).await
    }
}

/// The output of a consumer: `Result<(), Retry>`.
#[diagnostic::on_unimplemented(
    message = "a consumer returns `Result<(), Retry>`, and this one returns `{Self}`",
    label = "not `Result<(), Retry>`",
    note = "`?` turns each error into a `Retry`; `Retry::never(..)` is an error that no retry can cure"
)]
pub trait Outcome {
    /// Returns the result.
    fn into_outcome(self) -> Result<(), Retry>;
}

impl Outcome for Result<(), Retry> {
    fn into_outcome(self) -> Self {
        self
    }
}

/// A type that was checked in a constant. If the check has failed, nothing that depends on it is reported.
#[derive(Debug)]
pub struct Checked<const OK: bool, T>(PhantomData<fn() -> T>);

/// The type that was checked.
pub trait Is {
    /// The type.
    type Type;
}

impl<const OK: bool, T> Is for Checked<OK, T> {
    type Type = T;
}

/// Returns how an attempt ends whose effect is already stored in the database of each of its transactions.
pub fn repeated<S>(env: &Env<S>) -> Option<Retry> {
    env.attempt.is_stored().then(Retry::done)
}

/// Checks that a type is a job. The error is at the type that the user wrote.
pub const fn is_job<J: Job>() -> bool {
    true
}

/// Checks that a type can be an argument of a consumer.
pub const fn is_argument<A: Argument>() -> bool {
    true
}

impl<T: Send + Sync + 'static> Argument for State<T> {
    type Open = Self;
    type Lent<'o> = Self;
    const FACTS: Facts = Facts::NONE;

    fn lend(open: &mut Self) -> Self {
        open.clone()
    }
}

impl<T: Send + Sync + 'static, S: Provide<T>> ArgumentFrom<S> for State<T> {
    async fn open(env: &Env<S>) -> Result<Self, Retry> {
        Ok(Self::provided_by(&env.app))
    }

    async fn close(_: Self, _: &Env<S>, outcome: Result<(), Retry>) -> Result<(), Retry> {
        outcome
    }
}

impl Argument for &'static Attempt {
    type Open = Arc<Attempt>;
    type Lent<'o> = &'o Attempt;
    const FACTS: Facts = Facts::NONE;

    fn lend(open: &mut Arc<Attempt>) -> &Attempt {
        open
    }
}

impl<S: Send + Sync + 'static> ArgumentFrom<S> for &'static Attempt {
    async fn open(env: &Env<S>) -> Result<Arc<Attempt>, Retry> {
        Ok(Arc::clone(&env.attempt))
    }

    async fn close(_: Arc<Attempt>, _: &Env<S>, outcome: Result<(), Retry>) -> Result<(), Retry> {
        outcome
    }
}

impl<D: Database> Argument for &'static mut Transaction<D> {
    type Open = Transaction<D>;
    type Lent<'o> = &'o mut Transaction<D>;
    const FACTS: Facts = Facts::WRITES.and(Facts::TRANSACTION);

    fn lend(open: &mut Transaction<D>) -> &mut Transaction<D> {
        open
    }
}

/// The job is marked as done in the transaction, so that both happen or neither, if the jobs are in its database. The
/// identity of a job from a broker is stored in the transaction, so that a second delivery has no effect.
impl<D: Database, S: Provide<Pool<D>>> ArgumentFrom<S> for &'static mut Transaction<D> {
    async fn open(env: &Env<S>) -> Result<Transaction<D>, Retry> {
        let app: &S = &env.app;
        let pool: &Pool<D> = app.provide();
        let attempt = &env.attempt;
        if attempt.jobs.backend().has_unique_ids() {
            attempt.jobs.done().prepare(pool).await?;
            // Before the transaction, whose first statement may set its isolation.
            let is_stored = sql::has_done(pool, attempt.name, attempt.id()).await?;
            attempt.note_stored(is_stored);
        }
        Ok(pool.begin().await?)
    }

    async fn close(
        mut open: Transaction<D>,
        env: &Env<S>,
        outcome: Result<(), Retry>,
    ) -> Result<(), Retry> {
        outcome?;
        let attempt = &env.attempt;
        let is_here = attempt.jobs.is_in(D::NAME) && !attempt.is_settled.load(Relaxed);
        if is_here {
            let now = attempt.jobs.now();
            if !sql::finish(&mut open, &attempt.receipt, now).await? {
                return Err(Retry::later(
                    "another attempt has begun, so this one is undone",
                ));
            }
            let attempt = Arc::clone(attempt);
            open.on_commit(move || attempt.is_settled.store(true, Relaxed));
        } else if attempt.jobs.backend().has_unique_ids() {
            let now = attempt.jobs.now();
            if !sql::add_done(&mut open, attempt.name, attempt.id(), now).await? {
                // Another delivery has committed meanwhile, so this transaction is undone. Those of other databases
                // continue.
                return Ok(());
            }
        }
        Ok(open.commit().await?)
    }
}
