use highball::prelude::*;

#[get("/")]
async fn home() {}

#[routes("/inner", method_override)]
struct Inner(home);

#[routes(app)]
struct Api(Inner);

fn main() {
    let _ = highball::serve(Api).state(());
}
