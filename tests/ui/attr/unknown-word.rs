use highball::prelude::*;

#[get("/users", timeout = 5)]
async fn users() {}

#[routes(app)]
struct Api(users);

fn main() {
    let _ = highball::serve(Api).state(());
}
