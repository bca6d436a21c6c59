//! The outbox of jobs that are in a broker.

use std::{sync::Arc, time::Duration};

use highball::battery::Hooks;
use highball_db::{Database, Pool};
use tokio::time::timeout;

use crate::{
    Jobs,
    backend::{BackendError, Fault, Millis, NewJob},
    relay::{FLUSH, Relay},
};

/// How long the start waits for the broker.
const REACH: Duration = Duration::from_secs(5);

impl Jobs {
    /// Stores the jobs of each [`Outbox`](crate::Outbox) in the database of this pool, in the transaction of the handler.
    /// From there they are published to the backend, which is a broker or another database.
    ///
    /// [`Workers`](crate::Workers) and [`Jobs`] publish them as batteries of an app: at once after the commit, and those
    /// of a process that has ended within 15 seconds. A row of the table `highball_job_outbox` is deleted when the
    /// backend has confirmed its job. While the backend is away or accepts nothing, rows wait, and the app starts and
    /// serves without it. A crash between the confirm and the deletion publishes a job twice. A broker has the same
    /// identity twice, by which consumers with a transaction skip the second one; another database gives each its own.
    ///
    /// A [`Queue`](crate::Queue) still publishes to the backend itself. Schedules are kept in the database as well.
    ///
    /// # Examples
    /// ```
    /// use highball::prelude::*;
    /// use highball_db::{Pool, Sqlite, Tx, database};
    /// use highball_jobs::{Job, Jobs, Outbox, Retry, Sql, consumer};
    /// use serde::{Deserialize, Serialize};
    ///
    /// database!(Shop: Sqlite);
    /// database!(Broker: Sqlite);
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
    ///     to: String,
    /// }
    ///
    /// #[post("/orders/{to}")]
    /// async fn order(to: &str, mut tx: Tx<'_, Shop>, email: Outbox<'_, Email>) -> highball::Result<StatusCode> {
    ///     email.push(&mut tx, Email { to: to.to_owned() }).await?;
    ///     Ok(StatusCode::ACCEPTED)
    /// }
    ///
    /// #[consumer(timeout = secs(30))]
    /// async fn send_email(email: Email) -> Result<(), Retry> {
    ///     println!("to {}", email.to);
    ///     Ok(())
    /// }
    ///
    /// #[routes(app, jobs(send_email))]
    /// struct Api(order);
    ///
    /// # highball::block_on(async {
    /// let shop = Pool::<Shop>::memory().build();
    /// let broker = Sql::new(&Pool::<Broker>::memory().build());
    /// let jobs = Jobs::on(broker).with_outbox(&shop);
    /// jobs.prepare().await?;
    /// let state = AppState { shop, jobs: jobs.clone() };
    /// let worker = jobs.workers(Api, &state).by_hand(&highball::testing::Clock::new().handle());
    /// let session = Api.test().state(state).start();
    /// assert_eq!(session.post("/orders/ada").send().await.status(), 202);
    /// assert_eq!(worker.run_due().await?, 1);
    /// # Ok::<(), highball::Error>(())
    /// # }).unwrap();
    /// ```
    #[must_use]
    pub fn with_outbox<D: Database>(self, pool: &Pool<D>) -> Self {
        Self::with(Arc::clone(&self.0.backend), Some(Relay::new(pool)))
    }

    /// Connects, and creates what is missing for the jobs of these names.
    ///
    /// An app with an outbox also starts and serves while the broker is away.
    pub(crate) async fn reach(&self, names: &[&'static str]) -> highball::Result {
        let backend = self.backend();
        let reached = async {
            backend.prepare().await?;
            for name in names {
                backend.declare(name).await?;
            }
            Ok::<(), BackendError>(())
        };
        let Some(relay) = self.outbox() else {
            return Ok(reached.await?);
        };
        relay.table.prepare().await?;
        let reached = match timeout(REACH, reached).await {
            Ok(reached) => reached,
            Err(_) => Err(BackendError::of(
                Fault::Disconnected,
                highball::Error::new(format!("it did not answer within {REACH:?}")),
            )),
        };
        match reached {
            Err(error) if error.fault() == Fault::Disconnected => {
                let (broker, database) = (backend.name(), relay.table.database());
                eprintln!("{broker} is away, so jobs wait in the outbox of `{database}`: {error}");
                Ok(())
            }
            reached => Ok(reached?),
        }
    }

    /// Adds the work that publishes the jobs of the outbox, if there is one.
    pub(crate) fn install_relay(&self, hooks: &mut Hooks<'_>) {
        if self.outbox().is_none() {
            return;
        }
        let jobs = self.clone();
        hooks.background("outbox", move |stopping, clock| {
            let jobs = jobs.clone();
            async move {
                jobs.follow(&clock);
                jobs.relay(stopping).await
            }
        });
        let jobs = self.clone();
        hooks.on_close(FLUSH * 2, async move { jobs.flush().await });
    }

    /// Returns the time of the last run of a schedule. Those of an app with an outbox are in its database.
    pub(crate) async fn last_tick(
        &self,
        schedule: &str,
        now: Millis,
    ) -> Result<Millis, BackendError> {
        let schedule = schedule.to_owned();
        match self.outbox() {
            Some(relay) => relay.table.last_tick(schedule, now).await,
            None => self.backend().last_tick(schedule, now).await,
        }
    }

    /// Stores the jobs of a schedule, as [`Backend::tick`].
    pub(crate) async fn tick(
        &self,
        schedule: &str,
        last: Millis,
        jobs: Vec<NewJob>,
        now: Millis,
    ) -> Result<bool, BackendError> {
        let schedule = schedule.to_owned();
        match self.outbox() {
            Some(relay) => relay.table.tick(schedule, last, jobs, now).await,
            None => self.backend().tick(schedule, last, jobs, now).await,
        }
    }
}
