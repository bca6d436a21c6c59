use highball::prelude::*;

#[derive(State)]
struct AppState {
    name: String,
    motto: String,
}

fn main() {}
