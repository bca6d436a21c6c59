use highball::prelude::*;

struct User;

#[get("/me")]
async fn me() -> Json<User> {
    Json(User)
}

#[routes(app)]
struct Api(me);

fn main() {
    let _ = highball::serve(Api).state(());
}
