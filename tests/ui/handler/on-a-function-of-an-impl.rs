use highball::prelude::*;

struct Users;

impl Users {
    #[get("/")]
    async fn list() {}
}

fn main() {}
