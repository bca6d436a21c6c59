use highball::prelude::*;
use highball_db::{Conn, Sqlite, Tx, database};

database!(Shop: Sqlite);
database!(Replica: Sqlite);

#[post("/export")]
async fn export(_conn: Conn<'_, Replica>, _tx: Tx<'_, Shop>) {}

#[routes(app)]
struct Api(export);

pub fn main() {}
