//! The database of the shop: a file of SQLite or, with the feature `postgres`, a database of PostgreSQL.
//!
//! Each statement and each migration has one text, which both engines accept.

use std::env;

use highball_db::{Builder, Pool, database};

/// The engine of the database.
#[cfg(feature = "postgres")]
pub type Engine = highball_db::Postgres;
/// The engine of the database.
#[cfg(not(feature = "postgres"))]
pub type Engine = highball_db::Sqlite;

/// A connection of the database.
pub type Connection = <Engine as sqlx::Database>::Connection;

database! {
    /// Products, accounts and orders.
    pub Shop: Engine
}

/// Returns the pool of the file that `DATABASE` names, or of `shop.db`.
///
/// # Errors
/// Never fails. PostgreSQL needs a URL.
#[cfg(not(feature = "postgres"))]
pub fn from_env() -> highball::Result<Pool<Shop>> {
    let path = env::var_os("DATABASE").unwrap_or_else(|| "shop.db".into());
    Ok(build(Pool::file(path)))
}

/// Returns the pool of the database that `DATABASE_URL` names.
///
/// # Errors
/// Returns an error if the variable is not set or is not a URL.
#[cfg(feature = "postgres")]
pub fn from_env() -> highball::Result<Pool<Shop>> {
    Ok(build(Pool::builder(options_from_env()?)))
}

#[cfg(feature = "postgres")]
fn options_from_env() -> highball::Result<<Connection as sqlx::Connection>::Options> {
    use highball::ResultExt as _;

    let url = env::var("DATABASE_URL").map_err(|_| {
        highball::Error::new(
            "`DATABASE_URL` is not set: set it to the URL of a database, such as \
             postgres://user:password@localhost/shop",
        )
    })?;
    url.parse().context("reading `DATABASE_URL`")
}

#[cfg(feature = "postgres")]
database! {
    /// The sessions. They have a separate pool, because a handler that holds a connection changes its session.
    pub Logins: Engine
}

/// Returns the pool of the sessions in the database that `DATABASE_URL` names.
///
/// # Errors
/// Returns an error if the variable is not set or is not a URL.
#[cfg(feature = "postgres")]
pub fn logins_from_env() -> highball::Result<Pool<Logins>> {
    Ok(Pool::builder(options_from_env()?).max(2).build())
}

/// Builds the pool. It has four connections, and [`capacity`](crate::capacity) depends on this number.
pub fn build(builder: Builder<Shop>) -> Pool<Shop> {
    builder.max(4).migrations(sqlx::migrate!()).build()
}
