use highball::prelude::*;

#[get("/users")]
async fn users() {}

#[any("/users")]
async fn people() {}

#[route("/users", methods = [GET, POST])]
async fn all() {}

#[post("/users")]
async fn create() {}

#[routes(app)]
struct Api(users, people, all, create);

fn main() {
    let _ = highball::serve(Api).state(());
}
//~ mistakes: 2
