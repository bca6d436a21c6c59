#![allow(unused)]

use highball::prelude::*;

#[derive(State)]
struct AppState {
    name: String,
    motto: String,
}

#[get("/")]
async fn home(motto: State<String>) {}

#[routes(app)]
struct Api(home);

fn main() {
    let state = AppState {
        name: String::new(),
        motto: String::new(),
    };
    let _ = highball::serve(Api).state(state);
}
