use highball::prelude::*;

struct User;

#[get("/me")]
async fn me() -> Result<Json<Value>, User> {
    Err(User)
}

#[routes(app)]
struct Api(me);

fn main() {
    let _ = highball::serve(Api).state(());
}
