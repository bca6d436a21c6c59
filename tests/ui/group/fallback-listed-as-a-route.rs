use highball::prelude::*;

#[fallback]
async fn nothing() {}

#[get("/")]
async fn home() {}

#[routes(app)]
struct Api(home, nothing);

fn main() {
    let _ = highball::serve(Api).state(());
}
