use highball::prelude::*;

#[get("/")]
async fn home() {}

#[routes(app)]
struct Api(#[with] home);

fn main() {
    let _ = highball::serve(Api).state(());
}
