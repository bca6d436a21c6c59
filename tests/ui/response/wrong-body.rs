use highball::prelude::*;

#[get("/count")]
async fn count() -> String {
    7
}

#[routes(app)]
struct Api(count);

fn main() {
    let _ = highball::serve(Api).state(());
}
