use highball::prelude::*;

use std::rc::Rc;

#[derive(State)]
struct AppState {
    name: Rc<str>,
}

fn main() {}
