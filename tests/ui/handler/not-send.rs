use highball::prelude::*;

use std::rc::Rc;

#[get("/")]
async fn home() -> String {
    let name = Rc::new("home");
    pause().await;
    name.to_string()
}

async fn pause() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
