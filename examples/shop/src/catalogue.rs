//! The public list of products.

use highball::{middleware::ETag, prelude::*};
use highball_db::Conn;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{database::Shop, error::ApiError};

/// The routes of products.
#[routes("/products", with(ETag))]
pub(crate) struct Catalogue(list, show);

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
#[get("/", public)]
async fn list(mut shop: Conn<'_, Shop>) -> Result<Json<Vec<Product>>, ApiError> {
    let products = sqlx::query_as("SELECT id, name, price_cents, stock FROM products ORDER BY id");
    Ok(Json(products.fetch_all(&mut *shop).await?))
}

/// Returns a product.
#[get("/{id}", public)]
async fn show(id: u32, mut shop: Conn<'_, Shop>) -> Result<Json<Product>, ApiError> {
    let product = sqlx::query_as("SELECT id, name, price_cents, stock FROM products WHERE id = $1")
        .bind(i64::from(id))
        .fetch_optional(&mut *shop)
        .await?;
    product.map(Json).ok_or(ApiError::NoProduct { id })
}
