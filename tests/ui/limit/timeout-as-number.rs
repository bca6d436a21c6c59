use highball::prelude::*;

#[get("/", timeout = 5)]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
