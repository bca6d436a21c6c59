//! Work after a commit.

use std::ops::DerefMut;

use crate::database::{Connection, Database};

/// A transaction that has begun: a [`Tx`](crate::Tx) of a handler, or a [`Transaction`](crate::Transaction) outside of
/// requests. It derefs to the connection of sqlx.
///
/// Take it as an argument of functions that are part of the transaction of their caller, such as one that publishes a
/// job.
///
/// # Examples
/// ```
/// use std::sync::{Arc, atomic::{AtomicU64, Ordering::Relaxed}};
///
/// use highball_db::{InTransaction, Pool, Sqlite, database, sqlx};
///
/// database!(Shop: Sqlite);
///
/// /// Adds a name, and counts it if it is committed.
/// async fn add(
///     transaction: &mut impl InTransaction<Database = Shop>,
///     count: &Arc<AtomicU64>,
/// ) -> Result<(), sqlx::Error> {
///     sqlx::query("INSERT INTO names VALUES ('Ada')").execute(&mut **transaction).await?;
///     let count = Arc::clone(count);
///     transaction.on_commit(move || {
///         count.fetch_add(1, Relaxed);
///     });
///     Ok(())
/// }
///
/// # highball::block_on(async {
/// # let shop = Pool::<Shop>::memory().build();
/// # let mut conn = shop.acquire().await?;
/// # sqlx::query("CREATE TABLE names (name TEXT)").execute(&mut *conn).await?;
/// # conn.release();
/// let count = Arc::default();
/// let mut transaction = shop.begin().await?;
/// add(&mut transaction, &count).await?;
/// assert_eq!(count.load(Relaxed), 0);
/// transaction.commit().await?;
/// assert_eq!(count.load(Relaxed), 1);
/// # Ok::<(), highball::Error>(())
/// # }).unwrap();
/// ```
pub trait InTransaction: DerefMut<Target = Connection<Self::Database>> + Send {
    /// The database.
    type Database: Database;

    /// Adds work that runs right after the commit, and never if the transaction is rolled back.
    ///
    /// The work must be short, because the response waits for it, and must not panic. If the process dies after the
    /// commit, it does not run: use it to wake something or to empty a cache, and not for what must happen.
    fn on_commit(&mut self, work: impl FnOnce() + Send + 'static);
}

/// The work after the commit of a transaction.
#[derive(Default)]
pub(crate) struct OnCommit(Vec<Box<dyn FnOnce() + Send>>);

impl OnCommit {
    pub(crate) fn push(&mut self, work: impl FnOnce() + Send + 'static) {
        self.0.push(Box::new(work));
    }

    pub(crate) fn run(&mut self) {
        for work in self.0.drain(..) {
            work();
        }
    }
}
