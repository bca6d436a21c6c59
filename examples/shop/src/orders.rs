//! Orders of logged-in customers.

use highball::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    account::User,
    database::{Database, Order, Tables},
    error::ApiError,
    guards::{Quota, not_blocked, quota, signed_in},
};

/// The routes of orders. A customer has access only to orders of the same account.
#[routes("/orders", with(signed_in))]
pub(crate) struct Orders(list, buy);

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
async fn list(user: Local<'_, User>, database: State<Database>) -> Json<Vec<Order>> {
    let orders = database.query(|tables| {
        let orders = tables.orders.iter();
        let own = orders.filter(|order| order.customer == user.name);
        own.cloned().collect()
    });
    Json(orders.await)
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
#[post("/", priority = critical, with(parallel(quota, not_blocked)))]
async fn buy(
    user: Local<'_, User>,
    quota: Local<'_, Quota>,
    wish: Json<Wish>,
    database: State<Database>,
    cx: &mut Context<'_>,
) -> Result<Created<Json<Receipt>>, ApiError> {
    let order = database.query(|tables| place(tables, &user, &wish)).await?;
    cx.note("order", order.id);
    let left = quota.0 - 1;
    Ok(Created::new(Json(Receipt { order, left })))
}

fn place(tables: &mut Tables, user: &User, wish: &Wish) -> Result<Order, ApiError> {
    let id = wish.product;
    let product = tables
        .products
        .get_mut(&id)
        .ok_or(ApiError::NoProduct { id })?;
    let left = product.stock;
    product.stock = left
        .checked_sub(wish.count)
        .ok_or(ApiError::SoldOut { left })?;
    let order = Order {
        id: tables.orders.len() + 1,
        customer: user.name.clone(),
        product: wish.product,
        count: wish.count,
    };
    tables.orders.push(order.clone());
    Ok(order)
}
