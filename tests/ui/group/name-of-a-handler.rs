use highball::prelude::*;

#[get("/api")]
async fn api() {}

#[routes(app)]
struct api(api);

fn main() {
    let _ = highball::serve(api).state(());
}
