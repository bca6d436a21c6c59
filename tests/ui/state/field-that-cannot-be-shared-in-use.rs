use highball::prelude::*;

use std::{cell::Cell, rc::Rc};

#[derive(State)]
struct AppState {
    name: Rc<str>,
    limit: u64,
    count: Cell<u64>,
}

#[get("/name")]
async fn name(name: State<Rc<str>>) -> String {
    name.to_string()
}

#[get("/limit")]
async fn limit(limit: State<u64>) -> String {
    limit.to_string()
}

#[routes(app)]
struct Api(name, limit);

#[highball::main]
async fn main() -> highball::Result {
    let state = AppState { name: "hi".into(), limit: 1, count: Cell::new(0) };
    highball::serve(Api).state(state).await
}
//~ mistakes: 2
