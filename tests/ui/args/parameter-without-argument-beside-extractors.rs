#![allow(unused)]

use highball::prelude::*;

struct Db;

#[derive(State)]
struct AppState {
    db: Db,
}

#[get("/users/{id}")]
async fn show(db: State<Db>, method: &Method) {}

#[routes(app)]
struct Api(show);

fn main() {
    let _ = highball::serve(Api).state(AppState { db: Db });
}
