use highball::prelude::*;

type Motto = String;

#[derive(State)]
struct AppState {
    name: String,
    motto: Motto,
}

fn main() {}
