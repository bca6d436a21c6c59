use highball::prelude::*;

#[get("/count")]
async fn count() -> u64 {
    7
}

#[routes(app)]
struct Api(count);

fn main() {
    let _ = highball::serve(Api).state(());
}
