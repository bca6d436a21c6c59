use highball::prelude::*;

#[get("/users", cache = 5)]
async fn users() {}

#[routes(app)]
struct Api(users);

fn main() {
    let _ = highball::serve(Api).state(());
}
