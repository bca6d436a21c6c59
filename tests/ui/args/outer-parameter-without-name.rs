use highball::prelude::*;

#[get("/users")]
async fn users(#[param] _: u64) {}

#[routes(app)]
struct Api(users);

fn main() {
    let _ = highball::serve(Api).state(());
}
