//! Two routes with larger bodies: `/echo` deserializes and serializes an order, `/big` serializes a long list.

use std::sync::LazyLock;

use highball::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(crate) struct Order {
    id: u64,
    reference: String,
    currency: String,
    paid: bool,
    total_cents: i64,
    customer: Customer,
    shipping: Address,
    lines: Vec<Line>,
    tags: Vec<String>,
    note: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Customer {
    id: u64,
    name: String,
    email: String,
    phone: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Address {
    line1: String,
    line2: Option<String>,
    city: String,
    postcode: String,
    country: String,
}

#[derive(Serialize, Deserialize)]
struct Line {
    sku: String,
    title: String,
    quantity: u32,
    price_cents: i64,
    weight: f64,
}

/// Deserializes an order and sends it back.
#[post("/echo")]
pub(crate) async fn echo(order: Json<Order>) -> Json<Order> {
    order
}

#[derive(Serialize)]
struct Item {
    id: u64,
    name: String,
    email: String,
    active: bool,
    score: f64,
    tags: [String; 3],
}

/// The items are created once, but serialized for each response.
static ITEMS: LazyLock<Vec<Item>> = LazyLock::new(|| (0..512).map(item).collect());

fn item(number: u32) -> Item {
    Item {
        id: 100_000 + u64::from(number),
        name: format!("Item number {number:04}"),
        email: format!("item{number:04}@example.com"),
        active: number.is_multiple_of(3),
        score: f64::from(number) + 0.5,
        tags: [
            "red".to_owned(),
            "large".to_owned(),
            format!("lot-{:03}", number % 100),
        ],
    }
}

/// Returns 512 items, which are about 64 KiB of JSON.
#[get("/big")]
pub(crate) async fn big(cx: &Context<'_>) -> Response {
    cx.json(200, &*ITEMS)
}
