//! Points of customers: the job, its consumer and its route.

use highball::prelude::*;
use highball_db::{Conn, Transaction};
use highball_jobs::{Job, Retry, consumer};
use serde::{Deserialize, Serialize};

use crate::{
    NewOrder,
    database::{Connection, Shop},
    error::ApiError,
};

/// The points of an order.
#[derive(Debug, Serialize, Deserialize, Job)]
#[job("points")]
pub struct Points {
    /// The customer.
    pub customer: String,
    /// The order.
    pub order: i64,
    /// The number of points.
    pub points: i64,
}

impl Points {
    /// Returns the points of an order: one for each 100 cents, and one more.
    pub fn of(id: i64, order: &NewOrder) -> Self {
        Self {
            customer: order.customer.clone(),
            order: id,
            points: order.cents / 100 + 1,
        }
    }
}

/// Awards the points of an order, once: the job is marked as done in the same transaction. If the process is killed
/// before the commit, neither has happened.
#[consumer(timeout = secs(10))]
pub(crate) async fn award(points: Points, tx: &mut Transaction<Shop>) -> Result<(), Retry> {
    award_once(tx, &points).await?;
    Ok(())
}

/// Awards points in the transaction of the caller.
///
/// # Errors
/// Returns an error if a statement fails.
pub async fn award_once(tx: &mut Connection, points: &Points) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO awards (order_id, customer, points) VALUES ($1, $2, $3)")
        .bind(points.order)
        .bind(&points.customer)
        .bind(points.points)
        .execute(&mut *tx)
        .await?;
    let sql = "INSERT INTO customers (name, points) VALUES ($1, $2)
        ON CONFLICT (name) DO UPDATE SET points = customers.points + excluded.points";
    sqlx::query(sql)
        .bind(&points.customer)
        .bind(points.points)
        .execute(tx)
        .await?;
    Ok(())
}

/// The points of a customer.
#[derive(Debug, Serialize)]
pub(crate) struct Total {
    points: i64,
}

/// Returns the points of a customer, which are 0 for an unknown one.
#[get("/points/{customer}")]
pub(crate) async fn of_customer(
    customer: &str,
    mut shop: Conn<'_, Shop>,
) -> Result<Json<Total>, ApiError> {
    let sql = "SELECT points FROM customers WHERE name = $1";
    let points = sqlx::query_scalar(sql).bind(customer);
    let points: Option<i64> = points.fetch_optional(&mut *shop).await?;
    Ok(Json(Total {
        points: points.unwrap_or(0),
    }))
}
