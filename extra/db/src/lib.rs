//! Database pools and transactions for the [Highball](https://docs.rs/highball) web framework, on sqlx.
//!
//! A database is a type, its [`Pool`] is a value of the app state and a battery of the server, and handlers take a
//! connection, [`Conn`], or a transaction, [`Tx`].
//!
//! # Examples
//! ```no_run
//! use highball::prelude::*;
//! use highball_db::{Conn, Pool, Sqlite, Tx, database, sqlx};
//!
//! database! {
//!     /// Orders and accounts.
//!     pub Shop: Sqlite
//! }
//!
//! #[derive(State)]
//! struct AppState {
//!     shop: Pool<Shop>,
//! }
//!
//! #[get("/orders/count")]
//! async fn count(mut shop: Conn<'_, Shop>) -> highball::Result<Json<i64>> {
//!     Ok(Json(sqlx::query_scalar("SELECT count(*) FROM orders").fetch_one(&mut *shop).await?))
//! }
//!
//! /// The order is stored before the client reads the 201.
//! #[post("/orders/{product}")]
//! async fn order(product: &str, mut tx: Tx<'_, Shop>) -> highball::Result<StatusCode> {
//!     sqlx::query("INSERT INTO orders VALUES ($1)").bind(product).execute(&mut *tx).await?;
//!     Ok(StatusCode::CREATED)
//! }
//!
//! #[routes(app)]
//! struct Api(count, order);
//!
//! #[highball::main]
//! async fn main() -> highball::Result {
//!     let shop = Pool::<Shop>::file("shop.db").build();
//!     highball::serve(Api).state(AppState { shop: shop.clone() }).install(shop).await
//! }
//! ```

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod battery;
mod builder;
mod conn;
mod database;
#[cfg(all(doctest, feature = "sqlite"))]
mod doctests;
mod engine;
mod error;
mod holders;
mod lent;
mod listener;
mod live;
mod on_commit;
mod options;
mod pool;
mod shedding;
mod start;
mod status;
mod tx;
mod waiting;

pub use builder::Builder;
pub use conn::Conn;
pub use database::Database;
pub use engine::Engine;
pub use error::PoolError;
pub use lent::{Lent, Transaction};
pub use on_commit::InTransaction;
pub use pool::Pool;
pub use sqlx;
#[cfg(feature = "postgres")]
#[doc(no_inline)]
pub use sqlx::Postgres;
#[cfg(feature = "sqlite")]
#[doc(no_inline)]
pub use sqlx::Sqlite;
pub use status::Status;
pub use tx::Tx;
