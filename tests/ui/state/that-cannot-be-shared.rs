use highball::prelude::*;

use std::rc::Rc;

#[get("/")]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(Rc::new(1));
}
