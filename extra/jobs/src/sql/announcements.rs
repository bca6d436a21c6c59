//! Messages to other processes about jobs that were stored.

use std::{
    collections::BTreeSet,
    hash::{BuildHasher, RandomState},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use highball_db::{
    Database, Engine, Pool,
    battery::{self, Value},
};
use tokio::{runtime::Handle, task::JoinHandle};

use super::statements as sql;

/// The pause after a statement. Jobs that are stored meanwhile share the next one.
const PAUSE: Duration = Duration::from_millis(10);

/// How long a statement may take. A message that comes later than a poll is of no use.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The names of jobs that were stored, which one task sends.
///
/// `NOTIFY` takes a lock of the whole database until its commit. In the transactions of publishers, it would make their
/// commits wait for each other. So it is a separate statement after the commit, one at a time, and nothing waits for
/// it.
pub(super) struct Announcements<D: Database> {
    pool: Pool<D>,
    /// A name that no other backend has, so that none receives its own messages.
    sender: String,
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    names: BTreeSet<String>,
    /// Whether the task will look at the names again.
    is_sending: bool,
    task: Option<JoinHandle<()>>,
}

impl<D: Database> Announcements<D> {
    pub(super) fn new(pool: &Pool<D>) -> Self {
        let random = RandomState::new().hash_one(0_u8);
        Self {
            pool: pool.clone(),
            sender: format!("{random:016x}"),
            waiting: Mutex::default(),
        }
    }

    /// Returns the first word of its messages.
    pub(super) fn sender(&self) -> &str {
        &self.sender
    }

    /// Adds a name to the next message.
    pub(super) fn add(self: &Arc<Self>, name: &str) {
        // SQLite has no messages.
        let Some(runtime) = Handle::try_current()
            .ok()
            .filter(|_| !D::Engine::ONE_WRITER)
        else {
            return;
        };
        let mut waiting = self.waiting();
        if !waiting.names.contains(name) {
            waiting.names.insert(name.to_owned());
        }
        // The runtime of an earlier task may have ended.
        let has_ended = waiting.task.as_ref().is_none_or(JoinHandle::is_finished);
        if !waiting.is_sending || has_ended {
            waiting.is_sending = true;
            waiting.task = Some(runtime.spawn(Arc::clone(self).send()));
        }
    }

    async fn send(self: Arc<Self>) {
        while let Some(names) = self.take() {
            // A message that is lost costs the wait for the next poll.
            drop(tokio::time::timeout(TIMEOUT, self.notify(names)).await);
            tokio::time::sleep(PAUSE).await;
        }
    }

    fn take(&self) -> Option<BTreeSet<String>> {
        let mut waiting = self.waiting();
        waiting.is_sending = !waiting.names.is_empty();
        waiting
            .is_sending
            .then(|| std::mem::take(&mut waiting.names))
    }

    async fn notify(&self, names: BTreeSet<String>) -> highball::Result {
        let messages = names.iter().map(|name| format!("{} {name}", self.sender));
        let messages = serde_json::to_string(&messages.collect::<Vec<_>>())?;
        let mut conn = self.pool.acquire().await?;
        battery::fetch::<D>(&mut conn, sql::NOTIFY, vec![Value::Text(messages)]).await?;
        conn.release();
        Ok(())
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
