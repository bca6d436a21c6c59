//! The backend.

use std::{path::Path, sync::Arc};

use highball_jobs::backend::BackendError;

use crate::{error::Failure, file::File, session::Session, store::Store, writer::Writer};

/// Jobs in one file, which one process uses at a time.
///
/// A clone is the same backend. The file is closed when the last one is dropped.
///
/// # Examples
/// ```
/// use highball_jobs::Jobs;
/// use highball_jobs_redb::Redb;
///
/// # let folder = std::env::temp_dir().join(format!("highball-redb-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let file = folder.join("jobs.redb");
/// let jobs = Jobs::on(Redb::open(file)?);
/// # drop(jobs);
/// # std::fs::remove_dir_all(folder)?;
/// # Ok::<(), highball::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Redb(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    path: String,
    writer: Writer,
}

impl Redb {
    /// Opens the file at this path, and creates it if it is missing. It blocks its thread, so call it at the start.
    ///
    /// After a crash of the process, it reads the whole file to check it.
    ///
    /// # Errors
    /// Returns an error if another process has the file, if it cannot be written, or if it is no file of jobs.
    ///
    /// # Examples
    /// ```
    /// use highball_jobs_redb::Redb;
    ///
    /// let error = Redb::open("no/such/directory/jobs.redb").unwrap_err();
    /// assert!(error.to_string().contains("create it"));
    /// ```
    pub fn open(path: impl AsRef<Path>) -> highball::Result<Self> {
        let path = path.as_ref();
        let name = path.display().to_string();
        let mut store = Store::new(File::at(path));
        let opened = store.open();
        opened.map_err(|failure| failure.into_error(&name))?;
        Self::start(name, store)
    }

    /// Starts the thread of a file.
    pub(crate) fn start(path: String, store: Store) -> highball::Result<Self> {
        let writer = Writer::start(store)?;
        Ok(Self(Arc::new(Inner { path, writer })))
    }

    pub(crate) fn path(&self) -> &str {
        &self.0.path
    }

    pub(crate) fn writer(&self) -> &Writer {
        &self.0.writer
    }

    /// Runs this in a transaction of the thread.
    pub(crate) async fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Session<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, BackendError> {
        let result = self.0.writer.call(work).await;
        result.map_err(|failure| failure.into_error(&self.0.path))
    }
}
