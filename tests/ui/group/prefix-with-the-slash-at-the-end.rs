use highball::prelude::*;

#[get("/")]
async fn home() {}

#[routes("api/")]
struct Inner(home);

#[routes(app)]
struct Api(Inner);

fn main() {
    let _ = highball::serve(Api).state(());
}
