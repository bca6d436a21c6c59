//! One attempt to do a job.

use std::{
    fmt,
    future::Future,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicI64, Ordering::Relaxed},
    },
    time::SystemTime,
};

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Jobs, Retry,
    backend::{Claimed, JobId, Receipt},
    time::millis,
};

/// The attempt that runs, as an argument of a consumer.
///
/// # Examples
/// ```
/// use highball_jobs::{Attempt, Job, Retry, consumer};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize, Job)]
/// #[job("video")]
/// struct Video {
///     file: String,
/// }
///
/// #[consumer(timeout = hours(2), from = outside)]
/// async fn convert(video: Video, attempt: &Attempt) -> Result<(), Retry> {
///     // An attempt after a crash does not repeat it.
///     let size: u64 = attempt.step("measure", async { Ok(video.file.len() as u64) }).await?;
///     println!("job {}, attempt {}: {size} bytes", attempt.id(), attempt.number());
///     Ok(())
/// }
/// # fn main() {}
/// ```
pub struct Attempt {
    pub(crate) jobs: Jobs,
    pub(crate) receipt: Receipt,
    /// The name of the job.
    pub(crate) name: &'static str,
    number: u32,
    crashes: u32,
    producer: String,
    trace: Option<String>,
    /// When its task has last been polled.
    pub(crate) alive: AtomicI64,
    /// Whether the transaction of the consumer has marked the job as done.
    pub(crate) is_settled: AtomicBool,
    /// In which of the databases of its transactions the effect of the job is stored.
    pub(crate) stored: Mutex<Vec<bool>>,
}

impl Attempt {
    pub(crate) fn new(jobs: Jobs, name: &'static str, claimed: &Claimed) -> Self {
        Self {
            jobs,
            receipt: claimed.receipt.clone(),
            name,
            number: claimed.attempt,
            crashes: claimed.crashes,
            producer: claimed.producer.clone(),
            trace: claimed.trace.clone(),
            alive: AtomicI64::new(millis(SystemTime::now())),
            is_settled: AtomicBool::new(false),
            stored: Mutex::default(),
        }
    }

    /// Returns the identity of the job, which is the same in each attempt. Give it to another service as the key by
    /// which it recognises a repetition.
    pub fn id(&self) -> &JobId {
        &self.receipt.job
    }

    /// Returns the number of the attempt, from 1.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Returns how many attempts have ended with their process.
    pub fn crashes(&self) -> u32 {
        self.crashes
    }

    /// Returns a number that is greater than that of each earlier attempt. A service that rejects smaller numbers is
    /// safe from an attempt that is late. In RabbitMQ the numbers follow the clocks of the machines.
    pub fn fence(&self) -> i64 {
        self.receipt.fence
    }

    /// Returns the route or consumer that has published the job.
    pub fn producer(&self) -> &str {
        &self.producer
    }

    /// Returns the `traceparent` of the request that has published the job.
    pub fn traceparent(&self) -> Option<&str> {
        self.trace.as_deref()
    }

    /// Does a part of a long job, or returns its result from an earlier attempt.
    ///
    /// The result is stored before this returns, so an attempt after a crash or a failure does not repeat the step. If
    /// the process dies between the end of the work and the storing, it is repeated.
    ///
    /// # Errors
    /// Returns the error of the work, or one of the backend, or one if another attempt has begun meanwhile.
    ///
    /// # Cancel safety
    /// If the future is dropped, the work is dropped.
    pub async fn step<T: Serialize + DeserializeOwned>(
        &self,
        name: &str,
        work: impl Future<Output = Result<T, Retry>> + Send,
    ) -> Result<T, Retry> {
        let backend = self.jobs.backend();
        if let Some(result) = backend.step(self.id().clone(), name.to_owned()).await? {
            return Ok(serde_json::from_str(&result)?);
        }
        let result = work.await?;
        let json = serde_json::to_string(&result)?;
        let receipt = self.receipt.clone();
        match backend.keep_step(receipt, name.to_owned(), json).await? {
            true => Ok(result),
            false => Err(Retry::later("another attempt has begun")),
        }
    }

    /// Notes whether the effect of the job is stored in the database of a transaction.
    pub(crate) fn note_stored(&self, is_stored: bool) {
        let mut stored = self.stored.lock().unwrap_or_else(PoisonError::into_inner);
        stored.push(is_stored);
    }

    /// Returns whether the effect of the job is stored in the database of each transaction.
    pub(crate) fn is_stored(&self) -> bool {
        let stored = self.stored.lock().unwrap_or_else(PoisonError::into_inner);
        !stored.is_empty() && stored.iter().all(|is_stored| *is_stored)
    }

    /// Notes that the task of the attempt has been polled.
    pub(crate) fn touch(&self) {
        self.alive.store(millis(SystemTime::now()), Relaxed);
    }
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt")
            .field("job", &self.receipt.job)
            .field("number", &self.number)
            .field("crashes", &self.crashes)
            .finish_non_exhaustive()
    }
}
