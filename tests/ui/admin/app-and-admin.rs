use highball::prelude::*;

#[routes(app, admin)]
struct Operators(highball::serve::readyz);

fn main() {}
