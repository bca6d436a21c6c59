use highball::prelude::*;

#[get("/users", methods = [POST])]
async fn users() {}

#[routes(app)]
struct Api(users);

fn main() {
    let _ = highball::serve(Api).state(());
}
