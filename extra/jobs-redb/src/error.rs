//! Errors of redb as errors of a backend.

use std::{io::ErrorKind, sync::Arc};

use highball_jobs::backend::{BackendError, Fault};
use redb::StorageError;

/// Why a command has failed.
#[derive(Debug, Clone)]
pub(crate) enum Failure {
    /// The jobs do not allow it. Nothing was changed.
    Refused(String),
    /// A newer version of this package has changed the file.
    NewerFormat,
    /// The thread of the file has ended.
    Ended,
    /// The file has failed. Nothing of the transaction is stored.
    File(Arc<redb::Error>),
}

impl Failure {
    pub(crate) fn new(error: impl Into<redb::Error>) -> Self {
        Self::File(Arc::new(error.into()))
    }

    /// Returns the error of a backend. `file` is the path.
    pub(crate) fn into_error(self, file: &str) -> BackendError {
        let fault = match &self {
            Self::File(error) if is_full(error) => Fault::Blocked,
            _ => Fault::Other,
        };
        BackendError::of(fault, highball::Error::new(self.sentence(file)))
    }

    /// Returns what is wrong, and what to do.
    pub(crate) fn sentence(&self, file: &str) -> String {
        match self {
            Self::Refused(sentence) => sentence.clone(),
            Self::NewerFormat => format!(
                "`{file}` was changed by a newer version of highball-jobs-redb: update this program"
            ),
            Self::Ended => {
                format!("the thread that writes `{file}` has ended: restart this process")
            }
            Self::File(error) => of_redb(error, file),
        }
    }
}

impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        Self::new(error)
    }
}

/// Returns whether the disk has no space.
fn is_full(error: &redb::Error) -> bool {
    use ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(error, redb::Error::Io(error) if matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge))
}

fn of_redb(error: &redb::Error, file: &str) -> String {
    match error {
        redb::Error::DatabaseAlreadyOpen => format!(
            "`{file}` is open elsewhere, and only one process can use a file of jobs: stop the other process, choose \
             another file, or keep the jobs in a database, which processes share"
        ),
        redb::Error::UpgradeRequired(format) => format!(
            "`{file}` has the format {format} of an old version of redb: move it away, or choose another file"
        ),
        redb::Error::Corrupted(reason) => {
            format!("`{file}` is damaged ({reason}): restore a copy of it, or choose another file")
        }
        _ if is_full(error) => format!(
            "nothing can be stored in `{file}`, because its disk or quota is full: free some space, and no restart is \
             needed ({error})"
        ),
        redb::Error::Io(io) => of_io(io.kind(), error, file),
        error => format!("`{file}` has failed: {error}"),
    }
}

fn of_io(kind: ErrorKind, error: &redb::Error, file: &str) -> String {
    match kind {
        ErrorKind::InvalidData => {
            format!("`{file}` is not a file of redb: choose another path for the jobs ({error})")
        }
        ErrorKind::NotFound => {
            format!("the directory of `{file}` does not exist: create it ({error})")
        }
        ErrorKind::IsADirectory => format!("`{file}` is a directory: choose the path of a file"),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => format!(
            "`{file}` cannot be written: give this process the permission to write the file and its directory ({error})"
        ),
        _ => format!("`{file}` has failed: {error}"),
    }
}
