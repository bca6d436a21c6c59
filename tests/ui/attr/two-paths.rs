use highball::prelude::*;

#[get("/users", "/people")]
async fn users() {}

#[routes(app)]
struct Api(users);

fn main() {
    let _ = highball::serve(Api).state(());
}
