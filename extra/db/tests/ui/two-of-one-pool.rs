use highball::prelude::*;
use highball_db::{Conn, Sqlite, Tx, database};

database!(Shop: Sqlite);

#[post("/export")]
async fn export(_conn: Conn<'_, Shop>, _tx: Tx<'_, Shop>) {}

#[routes(app)]
struct Api(export);

fn main() {}
