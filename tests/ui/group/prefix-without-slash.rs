use highball::prelude::*;

#[get("/")]
async fn home() {}

#[routes(app, "v2")]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
