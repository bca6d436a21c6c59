//! The routes for employees.

use std::collections::BTreeMap;

use highball::prelude::*;
use highball_cache::responses::invalidates;
use highball_db::{Conn, Tx};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    account::Role,
    catalogue::Product,
    database::{Connection, Shop},
    error::ApiError,
    guards::{at_least, signed_in},
};

/// The routes for clerks and admins.
#[routes("/office", with(signed_in, at_least(Role::Clerk)))]
pub(crate) struct Office(report, Stock);

/// The routes for admins only.
#[routes(with(at_least(Role::Admin)))]
pub(crate) struct Stock(restock);

/// Returns the number of sales of each product.
///
/// The report reads all orders. Its priority is `background`, so it waits while the shop is busy.
#[get("/report", priority = background, timeout = secs(10))]
async fn report(mut shop: Conn<'_, Shop>) -> Result<Json<BTreeMap<i64, i64>>, ApiError> {
    Ok(Json(sales(&mut shop).await?))
}

/// Returns the number of sales of each product.
///
/// # Errors
/// Returns an error if the database fails.
pub async fn sales(shop: &mut Connection) -> sqlx::Result<BTreeMap<i64, i64>> {
    // In PostgreSQL, the sum of a `BIGINT` is a `NUMERIC`.
    let sold: Vec<(i64, i64)> =
        sqlx::query_as("SELECT product, CAST(sum(count) AS BIGINT) FROM orders GROUP BY product")
            .fetch_all(shop)
            .await?;
    Ok(sold.into_iter().collect())
}

/// The body of [`restock`].
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Delivery {
    count: u32,
}

/// Adds to the stock of a product.
#[post("/products/{id}/stock", invalidates(tags = ["product:{id}", "products"]))]
async fn restock(
    id: u32,
    delivery: Json<Delivery>,
    mut tx: Tx<'_, Shop>,
) -> Result<Json<Product>, ApiError> {
    let sql = "UPDATE products SET stock = stock + $1 WHERE id = $2 \
               RETURNING id, name, price_cents, stock";
    let product = sqlx::query_as(sql)
        .bind(i64::from(delivery.count))
        .bind(i64::from(id))
        .fetch_optional(&mut *tx)
        .await?;
    product.map(Json).ok_or(ApiError::NoProduct { id })
}
