use highball::prelude::*;
use highball_db::{Pool, Sqlite, database, sqlx};

database!(Shop: Sqlite);

#[guard]
async fn known(shop: State<Pool<Shop>>) -> Result<(), Rejection> {
    let mut conn = shop.acquire().await?;
    let known: i64 = sqlx::query_scalar("SELECT 1")
        .fetch_one(&mut *conn)
        .await
        .map_err(|error| Rejection::internal().with_source(error))?;
    assert_eq!(known, 1);
    Ok(())
}

#[get("/", with(known))]
async fn home() {}

#[routes(app)]
struct Api(home);

pub fn main() {}
