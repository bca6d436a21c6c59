use highball::prelude::*;

#[get("/")]
async fn home() {}

#[routes(app)]
enum Api {
    Home(home),
}

fn main() {}
