use highball::prelude::*;

#[routes(admin)]
struct Caches(highball::serve::readyz);

#[routes(app)]
struct Api(Caches);

fn main() {}
