use highball::prelude::*;

#[get("/", priority = high)]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
