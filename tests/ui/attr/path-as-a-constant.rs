use highball::prelude::*;

const USERS: &str = "/users";

#[get(path = USERS)]
async fn users() {}

#[routes(app)]
struct Api(users);

fn main() {
    let _ = highball::serve(Api).state(());
}
