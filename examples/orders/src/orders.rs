//! The routes of orders.

use std::time::SystemTime;

use garde::Validate;
use highball::{extract::Valid, prelude::*};
use highball_db::{Conn, Tx};
use highball_jobs::Outbox;
use serde::{Deserialize, Serialize};

use crate::{
    Email, Points,
    database::{Connection, Shop},
    email::is_address,
    error::ApiError,
};

/// The body of a new order.
#[derive(Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct NewOrder {
    /// The name of the customer.
    #[garde(length(min = 1, max = 40), alphanumeric)]
    pub customer: String,
    /// Where the confirmation is sent.
    #[garde(custom(is_address))]
    pub email: String,
    /// The price.
    #[garde(range(min = 1, max = 10_000_000))]
    pub cents: i64,
}

/// An order, without the address of its customer.
#[derive(Debug, Serialize, sqlx::FromRow)]
pub(crate) struct Order {
    id: i64,
    customer: String,
    cents: i64,
    /// The points that were awarded for it, or 0 as long as they were not.
    points: i64,
    /// Whether the mail server has accepted its mail.
    mailed: bool,
}

/// Stores an order, and publishes its e-mail and its points.
///
/// All of it is one transaction, which is committed before the response is sent. So an order that was answered with 202
/// has both jobs, and one that was not stored has none.
#[post("/orders")]
pub(crate) async fn create(
    order: Valid<Json<NewOrder>>,
    mut tx: Tx<'_, Shop>,
    email: Outbox<'_, Email>,
    points: Outbox<'_, Points>,
) -> Result<(StatusCode, Json<Order>), ApiError> {
    let id = insert(&mut tx, &order).await?;
    email.push(&mut tx, Email::about(id, &order)).await?;
    points.push(&mut tx, Points::of(id, &order)).await?;
    let NewOrder {
        customer, cents, ..
    } = order.0.0;
    let stored = Order {
        id,
        customer,
        cents,
        points: 0,
        mailed: false,
    };
    Ok((StatusCode::ACCEPTED, Json(stored)))
}

/// Stores an order in the transaction of the caller, and returns its number.
///
/// # Errors
/// Returns an error if a statement fails.
pub async fn insert(tx: &mut Connection, order: &NewOrder) -> Result<i64, sqlx::Error> {
    let sql = "UPDATE counters SET last = last + 1 WHERE name = 'orders' RETURNING last";
    let id: i64 = sqlx::query_scalar(sql).fetch_one(&mut *tx).await?;
    let sql =
        "INSERT INTO orders (id, customer, email, cents, created) VALUES ($1, $2, $3, $4, $5)";
    sqlx::query(sql)
        .bind(id)
        .bind(&order.customer)
        .bind(&order.email)
        .bind(order.cents)
        .bind(now())
        .execute(tx)
        .await?;
    Ok(id)
}

/// Shows an order, with what the consumers have done for it.
#[get("/orders/{id}")]
pub(crate) async fn show(id: i64, mut shop: Conn<'_, Shop>) -> Result<Json<Order>, ApiError> {
    // PostgreSQL sums to another type.
    let sql = "SELECT id, customer, cents, mailed IS NOT NULL AS mailed,
            CAST(COALESCE((SELECT SUM(points) FROM awards WHERE order_id = id), 0) AS BIGINT) AS points
        FROM orders WHERE id = $1";
    let order = sqlx::query_as(sql).bind(id).fetch_optional(&mut *shop);
    order.await?.map(Json).ok_or(ApiError::NoOrder { id })
}

/// Returns the time in milliseconds since 1970.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(0))
}
