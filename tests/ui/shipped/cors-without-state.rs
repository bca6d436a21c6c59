use highball::{middleware::cors, prelude::*};

#[get("/")]
async fn home() {}

#[routes(app, with(cors))]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
