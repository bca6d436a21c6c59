//! The public list of products.

use highball::{middleware::ETag, prelude::*};

use crate::{
    database::{Database, Product},
    error::ApiError,
};

/// The routes of products.
#[routes("/products", with(ETag))]
pub(crate) struct Catalogue(list, show);

/// Lists the products.
#[get("/", public)]
async fn list(database: State<Database>) -> Json<Vec<Product>> {
    let products = database.query(|tables| tables.products.values().cloned().collect());
    Json(products.await)
}

/// Returns a product.
#[get("/{id}", public)]
async fn show(id: u32, database: State<Database>) -> Result<Json<Product>, ApiError> {
    let product = database.query(|tables| tables.products.get(&id).cloned());
    product.await.map(Json).ok_or(ApiError::NoProduct { id })
}
