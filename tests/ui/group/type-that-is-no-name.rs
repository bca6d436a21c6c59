use highball::prelude::*;

#[get("/")]
async fn home() {}

#[routes(app)]
struct Api(&'static home);

fn main() {
    let _ = highball::serve(Api).state(());
}
