use highball::prelude::*;

#[derive(State)]
#[highball(krate = highball)]
struct AppState {
    name: String,
}

fn main() {}
