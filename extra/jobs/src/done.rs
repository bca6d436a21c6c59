//! Which jobs from a broker have had their effect, so that a second delivery has none.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use highball_db::{Database, Pool};

use crate::{
    backend::{BackendError, Millis, Work},
    sql::SqlDone,
};

/// A table of jobs that are done.
pub(crate) trait DoneTable: Send + Sync {
    /// Deletes up to 1,000 jobs of a name that were done before `before`. Returns how many.
    fn prune(&self, name: String, before: Millis) -> Work<'_, u64>;
}

/// The tables of those databases in which consumers of this process write, by the name of the database.
#[derive(Default)]
pub(crate) struct Done(Mutex<HashMap<&'static str, Arc<dyn DoneTable>>>);

impl Done {
    /// Creates the table of a database, unless this process has used it.
    pub(crate) async fn prepare<D: Database>(&self, pool: &Pool<D>) -> highball::Result {
        if self.tables().contains_key(D::NAME) {
            return Ok(());
        }
        let table = SqlDone::prepare(pool).await?;
        self.tables().insert(D::NAME, Arc::new(table));
        Ok(())
    }

    /// Deletes the jobs of a name that were done before a time.
    pub(crate) async fn prune(&self, name: &str, before: Millis) -> Result<(), BackendError> {
        let tables = self.tables().values().cloned().collect::<Vec<_>>();
        for table in tables {
            while table.prune(name.to_owned(), before).await? >= 1000 {}
        }
        Ok(())
    }

    fn tables(&self) -> std::sync::MutexGuard<'_, HashMap<&'static str, Arc<dyn DoneTable>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
