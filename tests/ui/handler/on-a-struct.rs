use highball::prelude::*;

#[get("/")]
struct Home;

#[routes(app)]
struct Api(Home);

fn main() {
    let _ = highball::serve(Api).state(());
}
