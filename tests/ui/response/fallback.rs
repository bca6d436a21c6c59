use highball::prelude::*;

struct User;

#[fallback]
async fn nothing() -> User {
    User
}

#[get("/")]
async fn home() {}

#[routes(app, fallback = nothing)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
