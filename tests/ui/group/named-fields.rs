use highball::prelude::*;

#[get("/")]
async fn home() {}

#[routes(app)]
struct Api {
    home: home,
}

fn main() {
    let _ = highball::serve(Api).state(());
}
