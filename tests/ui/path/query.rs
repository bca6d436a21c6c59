use highball::prelude::*;

#[get("/search?q=rust")]
async fn search() {}

#[routes(app)]
struct Api(search);

fn main() {
    let _ = highball::serve(Api).state(());
}
