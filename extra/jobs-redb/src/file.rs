//! The file, which is opened again after a failure.

use std::{fmt, path::Path};

use redb::{Builder, Database, DatabaseError, Durability, WriteTransaction};

use crate::error::Failure;

/// The memory for pages of the file. redb would take up to a gigabyte.
const CACHE: usize = 64 << 20;

type Open = Box<dyn Fn() -> Result<Database, DatabaseError> + Send>;

/// The file of a backend.
pub(crate) struct File {
    open: Open,
    /// `None` after a failure. After an error of the system, redb refuses all calls until it is opened again.
    database: Option<Database>,
}

impl File {
    /// The file at a path, which is created by the first use.
    pub(crate) fn at(path: &Path) -> Self {
        let path = path.to_owned();
        Self::with(move || Builder::new().set_cache_size(CACHE).create(&path))
    }

    /// A file that this function opens.
    pub(crate) fn with(
        open: impl Fn() -> Result<Database, DatabaseError> + Send + 'static,
    ) -> Self {
        Self {
            open: Box::new(open),
            database: None,
        }
    }

    /// Opens the file. Returns whether it was closed.
    pub(crate) fn open(&mut self) -> Result<bool, Failure> {
        if self.database.is_some() {
            return Ok(false);
        }
        self.database = Some((self.open)().map_err(Failure::new)?);
        Ok(true)
    }

    /// Begins a transaction whose commit returns when it is on the disk.
    pub(crate) fn begin(&self) -> Result<WriteTransaction, Failure> {
        let Some(database) = &self.database else {
            return Err(Failure::Ended);
        };
        let mut transaction = database.begin_write().map_err(Failure::new)?;
        let durable = transaction.set_durability(Durability::Immediate);
        durable.map_err(Failure::new)?;
        Ok(transaction)
    }

    pub(crate) fn close(&mut self) {
        self.database = None;
    }
}

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("File")
            .field("is_open", &self.database.is_some())
            .finish_non_exhaustive()
    }
}
