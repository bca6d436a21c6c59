use highball::prelude::*;

#[cfg(feature = "admin")]
#[get("/flush")]
async fn flush() {}

#[get("/")]
async fn home() {}

#[routes(app)]
struct Api(home, flush);

fn main() {
    let _ = highball::serve(Api).state(());
}
