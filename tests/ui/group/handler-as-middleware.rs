use highball::prelude::*;

#[get("/timing")]
async fn timing() {}

#[get("/")]
async fn home() {}

#[routes(app, with(timing))]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
