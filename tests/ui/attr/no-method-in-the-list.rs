use highball::prelude::*;

#[route("/users", methods = [])]
async fn users() {}

#[routes(app)]
struct Api(users);

fn main() {
    let _ = highball::serve(Api).state(());
}
