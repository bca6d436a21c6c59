use highball::prelude::*;

#[derive(State)]
enum AppState {
    Ready,
}

fn main() {}
