//! The state of a pool.

/// The state of a pool. [`Pool::status`](crate::Pool::status) returns it.
///
/// # Examples
/// ```
/// use highball_db::{Pool, Sqlite, Status, database};
///
/// database!(Shop: Sqlite);
///
/// # highball::block_on(async {
/// let shop = Pool::<Shop>::memory().build();
/// let conn = shop.acquire().await?;
/// let status: Status = shop.status();
/// assert_eq!((status.open, status.used, status.waiting), (1, 1, 0));
/// # drop(conn);
/// # Ok::<(), highball::Error>(())
/// # }).unwrap();
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Status {
    /// The connections that are open.
    pub open: usize,
    /// The connections that wait for a request.
    pub idle: usize,
    /// The connections that requests hold.
    pub used: usize,
    /// The requests that wait for a connection.
    pub waiting: usize,
}
