//~ mistake: axum's pattern for state, `State(db): State<Db>`
//~ thing: State
//~ way: db: State<Db>
//~ or: compiles
use highball::prelude::*;
use std::sync::{Arc, Mutex};

#[derive(Clone, Default)]
struct Db(Arc<Mutex<Vec<String>>>);

#[derive(Default, State)]
struct AppState {
    db: Db,
}

#[get("/names")]
async fn names(State(db): State<Db>) -> Json<Vec<String>> {
    //~^ here
    Json(db.0.lock().unwrap().clone())
}

#[routes(app)]
struct Api(names);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).state(AppState::default()).await
}
