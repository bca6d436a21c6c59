use highball::{describe::Consumers, prelude::*};

#[get("/")]
async fn home() {}

#[routes(app)]
struct Api(home);

fn work<A: Consumers>(_: A) {}

fn main() {
    work(Api);
}
