use highball::prelude::*;

#[get("/nothing")]
async fn nothing() {}

#[get("/")]
async fn home() {}

#[routes(app, fallback = nothing)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
