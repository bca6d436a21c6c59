use highball::prelude::*;

struct User;

#[get("/me")]
fn me() -> User {
    User
}

#[routes(app)]
struct Api(me);

fn main() {
    let _ = highball::serve(Api).state(());
}
