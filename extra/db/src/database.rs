//! Databases as types.

use crate::engine::Engine;

/// A database of an app, as a type.
///
/// Its pool is a [`Pool`](crate::Pool) in the app state, and handlers take [`Conn`](crate::Conn) and
/// [`Tx`](crate::Tx) of it. Two databases are two types, so that the compiler distinguishes them. The macro
/// [`database!`](crate::database) declares one.
///
/// # Examples
/// ```
/// use highball_db::{Database, Sqlite};
///
/// /// Orders and accounts.
/// struct Shop;
///
/// impl Database for Shop {
///     type Engine = Sqlite;
///     const NAME: &'static str = "shop";
/// }
/// ```
pub trait Database: Send + Sync + 'static {
    /// The engine: `Sqlite` or `Postgres`.
    type Engine: Engine;

    /// The name in errors, gauges and compile errors.
    const NAME: &'static str;
}

/// Declares a [`Database`]: its name and its engine.
///
/// # Examples
/// ```
/// use highball_db::{Database, Sqlite, database};
///
/// database! {
///     /// Orders and accounts.
///     pub Shop: Sqlite
/// }
///
/// assert_eq!(Shop::NAME, "Shop");
/// ```
#[macro_export]
macro_rules! database {
    ($(#[$attr:meta])* $vis:vis $name:ident: $engine:ty) => {
        $(#[$attr])*
        #[derive(Debug, Clone, Copy)]
        $vis struct $name;

        impl $crate::Database for $name {
            type Engine = $engine;
            const NAME: &'static str = ::core::stringify!($name);
        }
    };
}

/// A connection of a database.
pub(crate) type Connection<D> = <<D as Database>::Engine as sqlx::Database>::Connection;

/// The options of a connection of a database.
pub(crate) type ConnectOptions<D> = <Connection<D> as sqlx::Connection>::Options;
