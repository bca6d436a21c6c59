use highball::prelude::*;

#[get("/", body_limit = "4k")]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
