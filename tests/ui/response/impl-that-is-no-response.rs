use highball::prelude::*;

#[get("/count")]
async fn count() -> impl std::fmt::Display {
    7
}

#[routes(app)]
struct Api(count);

fn main() {
    let _ = highball::serve(Api).state(());
}
