use highball::prelude::*;

#[get("/")]
async fn home() {}

#[routes(app)]
struct Api<T>(home, T);

fn main() {
    let _ = highball::serve(Api).state(());
}
