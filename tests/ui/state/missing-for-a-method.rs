use highball::prelude::*;

struct Users;

#[routes(app)]
impl Users {
    #[get("/")]
    async fn list(&self) {}
}

fn main() {
    let _ = highball::serve(Users).state(());
}
