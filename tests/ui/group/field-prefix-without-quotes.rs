use highball::prelude::*;

#[get("/")]
async fn home() {}

#[routes(app)]
struct Api(#[prefix(v2)] home);

fn main() {
    let _ = highball::serve(Api).state(());
}
