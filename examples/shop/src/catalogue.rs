//! The public list of products. Its responses are cached: the database is used only after a change.

use highball::prelude::*;
use highball_cache::responses::cached;
use highball_db::Conn;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{database::Shop, error::ApiError};

/// The routes of products.
#[routes("/products")]
pub struct Catalogue(list, show);

/// A product.
#[derive(Debug, Serialize, JsonSchema, sqlx::FromRow)]
pub(crate) struct Product {
    #[sqlx(try_from = "i64")]
    id: u32,
    name: String,
    #[sqlx(try_from = "i64")]
    price_cents: u64,
    #[sqlx(try_from = "i64")]
    stock: u64,
}

/// Lists the products.
#[get(
    "/",
    public,
    cached(ttl = mins(1), on_error = hours(1), tags = ["products"])
)]
async fn list(mut shop: Conn<'_, Shop>) -> Result<Json<Vec<Product>>, ApiError> {
    let products = sqlx::query_as("SELECT id, name, price_cents, stock FROM products ORDER BY id");
    Ok(Json(products.fetch_all(&mut *shop).await?))
}

/// Returns a product.
#[get(
    "/{id}",
    public,
    cached(ttl = mins(1), on_error = hours(1), tags = ["product:{id}"])
)]
async fn show(id: u32, mut shop: Conn<'_, Shop>) -> Result<Json<Product>, ApiError> {
    let product = sqlx::query_as("SELECT id, name, price_cents, stock FROM products WHERE id = $1")
        .bind(i64::from(id))
        .fetch_optional(&mut *shop)
        .await?;
    product.map(Json).ok_or(ApiError::NoProduct { id })
}
