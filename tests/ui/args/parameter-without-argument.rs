use highball::prelude::*;

#[get("/users/{id}")]
async fn show() {}

#[routes(app)]
struct Api(show);

fn main() {
    let _ = highball::serve(Api).state(());
}
