use highball::prelude::*;

struct Users;
struct User;

#[routes(app)]
impl Users {
    #[get("/")]
    async fn list() -> User {
        User
    }
}

fn main() {
    let _ = highball::serve(Users).state(());
}
