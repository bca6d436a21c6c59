use highball::prelude::*;
use highball_db::{Conn, Pool, Sqlite, database};

database!(Shop: Sqlite);
database!(Replica: Sqlite);

#[derive(State)]
struct AppState {
    shop: Pool<Shop>,
    replica: Pool<Replica>,
}

#[get("/orders")]
async fn orders(_conn: Conn<'_, Replica>) {}

#[routes(app)]
struct Api(orders);

pub fn main() {
    let shop = Pool::file("shop.db").build();
    let _ = highball::serve(Api).state(AppState {
        shop,
        replica: Pool::memory().build(),
    });
}
