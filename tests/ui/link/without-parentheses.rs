use highball::prelude::*;

#[get("/users")]
async fn users() {}

#[get("/")]
async fn home() -> String {
    url!(Api, users)
}

#[routes(app)]
struct Api(home, users);

fn main() {
    let _ = highball::serve(Api).state(());
}
