use highball::{middleware::Cors, prelude::*};

#[get("/")]
async fn home() {}

#[routes(app, with(Cors::any().credentials()))]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
