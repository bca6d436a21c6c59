//! The numbers of jobs.

use std::{
    pin::pin,
    sync::{Arc, PoisonError},
    time::Duration,
};

use highball::serve::Stopping;

use crate::{
    Jobs,
    backend::{BackendError, Count},
    line::Line,
    time::{first, random_part},
};

/// About the pause between two counts.
const ROUND: Duration = Duration::from_secs(2);

impl Jobs {
    /// Returns how many jobs there are, by name and state, such as for a page that shows the queues. Names without jobs
    /// are missing, and finished jobs are not counted.
    ///
    /// # Errors
    /// Returns an error if the backend fails.
    ///
    /// # Examples
    /// ```
    /// use highball_db::{Pool, Sqlite, database};
    /// use highball_jobs::{Jobs, backend::State};
    ///
    /// database!(Shop: Sqlite);
    ///
    /// # highball::block_on(async {
    /// let jobs = Jobs::new(&Pool::<Shop>::memory().build());
    /// jobs.prepare().await?;
    /// let parked = jobs.counts().await?.into_iter().filter(|count| count.state == State::Parked);
    /// assert_eq!(parked.count(), 0);
    /// # Ok::<(), highball::Error>(())
    /// # }).unwrap();
    /// ```
    pub async fn counts(&self) -> highball::Result<Vec<Count>> {
        Ok(self.count_all().await?)
    }

    /// Returns how many jobs there are, those of the outbox among the ones that wait.
    pub(crate) async fn count_all(&self) -> Result<Vec<Count>, BackendError> {
        // The outbox is first, since its jobs go to the backend.
        let in_outbox = match self.outbox() {
            Some(relay) => relay.table.counts().await?,
            None => Vec::new(),
        };
        let mut counts = self.backend().counts().await?;
        for new in in_outbox {
            let mut same = counts.iter_mut();
            match same.find(|count| count.name == new.name && count.state == new.state) {
                Some(count) => {
                    count.jobs += new.jobs;
                    count.oldest = count.oldest.min(new.oldest);
                }
                None => counts.push(new),
            }
        }
        Ok(counts)
    }

    /// Counts the jobs of all names that this process has used.
    pub(crate) async fn count_lines(&self) -> Result<(), BackendError> {
        let lines = self.lines();
        if lines.is_empty() {
            return Ok(());
        }
        let counts = self.count_all().await?;
        for (name, line) in lines {
            line.counted(&name, &counts);
        }
        Ok(())
    }

    fn lines(&self) -> Vec<(String, Arc<Line>)> {
        let lines = self.0.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let lines = lines.iter();
        lines
            .map(|(name, line)| (name.clone(), Arc::clone(line)))
            .collect()
    }

    /// Counts the jobs of an app without consumers until a stop begins. Without counts, `max_waiting` would count the
    /// jobs of the whole life of the process.
    pub(crate) async fn keep_counts(&self, stopping: Stopping) -> highball::Result {
        while !stopping.has_begun() {
            // A failure is that of the publishers as well, and is reported there.
            self.count_lines().await.ok();
            let pause = pin!(tokio::time::sleep(ROUND / 2 + random_part(ROUND)));
            first([pause as _, pin!(stopping.clone()) as _]).await;
        }
        Ok(())
    }
}
