use highball::prelude::*;

#[get("/")]
async fn home() {}

#[routes(app, "/{*rest}")]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
