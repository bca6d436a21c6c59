use highball::prelude::*;

#[get("/docs#top")]
async fn docs() {}

#[routes(app)]
struct Api(docs);

fn main() {
    let _ = highball::serve(Api).state(());
}
