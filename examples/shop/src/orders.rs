//! Orders of logged-in customers.

use highball::prelude::*;
use highball_cache::{
    Tag,
    responses::{Changes, invalidates},
};
use highball_db::{Conn, Tx};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    account::User,
    database::{Connection, Shop},
    error::ApiError,
    guards::{Quota, not_blocked, quota, signed_in},
};

/// The routes of orders. A customer has access only to orders of the same account.
#[routes("/orders", with(signed_in))]
pub struct Orders(list, buy);

/// An order.
#[derive(Debug, Serialize, JsonSchema, sqlx::FromRow)]
pub(crate) struct Order {
    #[sqlx(try_from = "i64")]
    id: u64,
    customer: String,
    #[sqlx(try_from = "i64")]
    product: u32,
    #[sqlx(try_from = "i64")]
    count: u32,
}

/// The body of [`buy`].
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Wish {
    product: u32,
    #[serde(default = "one")]
    count: u32,
}

fn one() -> u32 {
    1
}

/// Lists the customer's orders.
#[get("/")]
async fn list(
    user: Local<'_, User>,
    mut shop: Conn<'_, Shop>,
) -> Result<Json<Vec<Order>>, ApiError> {
    let sql = "SELECT id, customer, product, count FROM orders WHERE customer = $1 ORDER BY id";
    let orders = sqlx::query_as(sql).bind(&user.name);
    Ok(Json(orders.fetch_all(&mut *shop).await?))
}

/// The response to [`buy`].
#[derive(Serialize, JsonSchema)]
struct Receipt {
    order: Order,
    /// The number of orders that the customer can still place.
    left: usize,
}

/// Places an order.
///
/// The two guards query the database in parallel. The priority is `critical`: under load, orders are served first.
/// After the commit, the cached products are invalidated, because they show the stock.
#[post(
    "/",
    priority = critical,
    slo(p99 = millis(500), errors = 0.01, period = days(30)),
    invalidates(tags = ["products"]),
    with(parallel(quota, not_blocked))
)]
async fn buy(
    user: Local<'_, User>,
    quota: Local<'_, Quota>,
    wish: Json<Wish>,
    changes: Local<'_, Changes>,
    mut tx: Tx<'_, Shop>,
    cx: &mut Context<'_>,
) -> Result<Created<Json<Receipt>>, ApiError> {
    let order = place(&mut tx, &user.name, &wish).await?;
    changes.add(Tag::new("product", wish.product));
    cx.note("order", order.id);
    let left = quota.0 - 1;
    Ok(Created::new(Json(Receipt { order, left })))
}

/// Takes the products from the stock and adds the order. Both belong to the transaction of the caller.
async fn place(tx: &mut Connection, customer: &str, wish: &Wish) -> Result<Order, ApiError> {
    take(tx, wish).await?;
    // The number is taken last: other orders wait for it until this one is committed.
    let sql = "UPDATE counters SET last = last + 1 WHERE name = 'orders' RETURNING last";
    let id: i64 = sqlx::query_scalar(sql).fetch_one(&mut *tx).await?;
    let sql = "INSERT INTO orders (id, customer, product, count) VALUES ($1, $2, $3, $4) \
               RETURNING id, customer, product, count";
    let order = sqlx::query_as(sql)
        .bind(id)
        .bind(customer)
        .bind(i64::from(wish.product))
        .bind(i64::from(wish.count));
    Ok(order.fetch_one(tx).await?)
}

/// Takes the products from the stock, if there are enough.
async fn take(tx: &mut Connection, wish: &Wish) -> Result<(), ApiError> {
    let id = wish.product;
    // The condition is part of the change, so two customers cannot both take the last one.
    let sql = "UPDATE products SET stock = stock - $1 WHERE id = $2 AND stock >= $1";
    let taken = sqlx::query(sql)
        .bind(i64::from(wish.count))
        .bind(i64::from(id))
        .execute(&mut *tx)
        .await?;
    if taken.rows_affected() > 0 {
        return Ok(());
    }
    let left = sqlx::query_scalar("SELECT stock FROM products WHERE id = $1")
        .bind(i64::from(id))
        .fetch_optional(tx)
        .await?;
    match left {
        Some(left) => Err(ApiError::SoldOut { left }),
        None => Err(ApiError::NoProduct { id }),
    }
}
