//! Deletes queues, for tests.

use lapin::options::{ExchangeDeleteOptions, QueueDeleteOptions};

use crate::{Amqp, delay::STEPS, error};

impl Amqp {
    /// Deletes the queues of the jobs that this process has used, with their jobs, and the queues of all jobs that wait
    /// for their time: for tests.
    ///
    /// # Errors
    /// Returns an error if the connection fails.
    ///
    /// # Cancel safety
    /// If the future is dropped, some of the queues are deleted.
    ///
    /// # Examples
    /// ```no_run
    /// use highball_jobs_amqp::Amqp;
    ///
    /// # async fn test() -> highball::Result {
    /// let amqp = Amqp::at("amqp://localhost").prefix("test-7").build()?;
    /// // The test.
    /// amqp.delete_queues().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn delete_queues(&self) -> highball::Result {
        let (link, names) = (self.0.link().await?, &self.0.names);
        let channel = link.conn.create_channel().await.map_err(error::lapin)?;
        let mut queues = STEPS.map(|seconds| names.delay(seconds)).to_vec();
        let exchanges = [queues.clone(), vec![names.wake()]].concat();
        for job in link.jobs() {
            queues.extend([names.main(&job), names.suspect(&job), names.parked(&job)]);
            link.forget(&job);
        }
        for queue in queues {
            let deleted =
                channel.queue_delete(queue.as_str().into(), QueueDeleteOptions::default());
            deleted.await.map_err(error::lapin)?;
        }
        for exchange in exchanges {
            let name = exchange.as_str().into();
            let deleted = channel.exchange_delete(name, ExchangeDeleteOptions::default());
            deleted.await.map_err(error::lapin)?;
        }
        Ok(())
    }
}
