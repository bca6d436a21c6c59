use highball::{middleware::AccessLog, prelude::*};

#[get("/")]
async fn home() {}

#[routes(app, with(AccessLog::line().every(0)))]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
