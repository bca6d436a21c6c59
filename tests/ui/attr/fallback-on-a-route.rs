use highball::prelude::*;

#[get("/users", fallback = nothing)]
async fn users() {}

#[routes(app)]
struct Api(users);

fn main() {
    let _ = highball::serve(Api).state(());
}
