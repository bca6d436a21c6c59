use highball::prelude::*;

#[get("/")]
async fn home() {}

#[routes(ap)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
