use highball::prelude::*;

struct Users;

#[routes("/users")]
impl Users {
    #[get("/")]
    async fn list() -> String {
        let name = ;
        name
    }
}

#[routes(app)]
struct Api(Users);

fn main() {
    let _ = highball::serve(Api).state(());
}
