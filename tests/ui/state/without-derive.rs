#![allow(unused)]

use highball::prelude::*;

struct Db;

struct AppState {
    db: Db,
}

#[get("/")]
async fn home(db: State<Db>) {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(AppState { db: Db });
}
