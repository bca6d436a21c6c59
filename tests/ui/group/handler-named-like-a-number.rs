use highball::prelude::*;

#[get("/")]
async fn u8() {}

#[routes(app)]
struct Api(u8);

fn main() {
    let _ = highball::serve(Api).state(());
}
