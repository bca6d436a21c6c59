use highball::prelude::*;

struct User(u64);

#[get("/")]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = Api.test().local(User(7));
}
