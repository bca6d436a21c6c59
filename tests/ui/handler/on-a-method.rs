use highball::prelude::*;

struct Users;

impl Users {
    #[get("/")]
    async fn list(&self) {}
}

fn main() {}
