//! The routes for employees.

use std::collections::BTreeMap;

use highball::prelude::*;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    account::Role,
    database::{Database, Product},
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
/// The report takes eight queries. Its priority is `background`, so it waits while the shop is busy.
#[get("/report", priority = background, timeout = secs(10))]
async fn report(database: State<Database>) -> Json<BTreeMap<u32, u64>> {
    let mut sold = BTreeMap::new();
    for part in 0..8 {
        let orders = database.query(|tables| {
            let orders = tables.orders.iter().skip(part).step_by(8);
            orders
                .map(|order| (order.product, order.count))
                .collect::<Vec<_>>()
        });
        for (product, count) in orders.await {
            *sold.entry(product).or_default() += u64::from(count);
        }
    }
    Json(sold)
}

/// The body of [`restock`].
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Delivery {
    count: u32,
}

/// Adds to the stock of a product.
#[post("/products/{id}/stock")]
async fn restock(
    id: u32,
    delivery: Json<Delivery>,
    database: State<Database>,
) -> Result<Json<Product>, ApiError> {
    let product = database.query(|tables| {
        let product = tables.products.get_mut(&id)?;
        product.stock = product.stock.saturating_add(delivery.count);
        Some(product.clone())
    });
    product.await.map(Json).ok_or(ApiError::NoProduct { id })
}
