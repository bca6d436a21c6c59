#![allow(unused)]

use highball::prelude::*;

struct Db;
struct Cache;

#[derive(State)]
struct AppState {
    db: Db,
}

#[get("/")]
async fn home(db: State<Db>, cache: State<Cache>) {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(AppState { db: Db });
}
