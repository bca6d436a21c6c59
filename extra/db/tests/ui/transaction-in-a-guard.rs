use highball::prelude::*;
use highball_db::{Sqlite, Tx, database};

database!(Shop: Sqlite);

#[guard]
async fn known(_tx: Tx<'_, Shop>) -> Result<(), Rejection> {
    Ok(())
}

#[get("/", with(known))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {}
