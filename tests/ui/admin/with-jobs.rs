use highball::prelude::*;

#[routes(admin, jobs())]
struct Operators(highball::serve::readyz);

fn main() {}
