//! Renews the leases of the jobs that run.

use std::{
    sync::{Arc, Weak},
    time::{Duration, SystemTime},
};

use super::Worker;
use crate::{
    backend::Backend,
    time::{duration, millis},
};

/// How long a renewal waits at least. A writer of SQLite may hold up others.
const PATIENCE: Duration = Duration::from_secs(10);

/// The renewal of leases, which ends when it is dropped.
pub(super) struct Renewal {
    _alive: Arc<()>,
}

impl<S: Send + Sync + 'static> Worker<S> {
    /// Renews the leases on a thread with its own connection, since consumers may block the threads of the runtime.
    pub(super) fn renew(self: &Arc<Self>) -> Renewal {
        let alive = Arc::new(());
        let (worker, until) = (Arc::clone(self), Arc::downgrade(&alive));
        match self.jobs.backend().for_renewal() {
            Some(backend) => {
                let begun = std::thread::Builder::new()
                    .name("jobs-lease".to_owned())
                    .spawn(move || run_thread(&worker, &*backend, &until));
                if let Err(error) = begun {
                    eprintln!("no thread renews the leases of jobs: {error}");
                }
            }
            None => {
                tokio::spawn(async move {
                    let backend = Arc::clone(worker.jobs.backend());
                    worker.renew_until(&*backend, &until).await;
                });
            }
        }
        Renewal { _alive: alive }
    }

    async fn renew_until(&self, backend: &dyn Backend, until: &Weak<()>) {
        let lease = self.settings.lease;
        while until.strong_count() > 0 {
            tokio::time::sleep(lease / 3).await;
            let since = millis(SystemTime::now()) - duration(lease / 2);
            let jobs = self.running.jobs(since);
            if jobs.is_empty() {
                continue;
            }
            let renewed = backend.renew(self.id.clone(), jobs.clone(), lease);
            // After an error the next round tries again, and the lease decides.
            if let Ok(Ok(renewed)) = tokio::time::timeout(lease.max(PATIENCE), renewed).await {
                self.running.lose(&jobs, &renewed);
            }
        }
    }
}

fn run_thread<S: Send + Sync + 'static>(
    worker: &Worker<S>,
    backend: &dyn Backend,
    until: &Weak<()>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    match runtime {
        Ok(runtime) => runtime.block_on(worker.renew_until(backend, until)),
        Err(error) => eprintln!("no thread renews the leases of jobs: {error}"),
    }
}
