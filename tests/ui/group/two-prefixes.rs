use highball::prelude::*;

#[get("/")]
async fn home() {}

#[routes(app, "/api", "/v2")]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
