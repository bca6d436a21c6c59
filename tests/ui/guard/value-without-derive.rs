use highball::prelude::*;

struct User(String);

#[guard]
async fn login() -> User {
    User("zoe".to_owned())
}

#[get("/", with(login))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {}
