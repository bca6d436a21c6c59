#![allow(unused)]

use highball::prelude::*;

struct Id;

impl std::str::FromStr for Id {
    type Err = ();

    fn from_str(_: &str) -> Result<Self, ()> {
        Ok(Id)
    }
}

#[get("/users/{id}")]
async fn show(id: Id) {}

#[get("/")]
async fn home() -> String {
    url!(Api, show(Id))
}

#[routes(app)]
struct Api(home, show);

fn main() {
    let _ = highball::serve(Api).state(());
}
