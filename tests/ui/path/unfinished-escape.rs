use highball::prelude::*;

#[get("/off/50%")]
async fn off() {}

#[routes(app)]
struct Api(off);

fn main() {
    let _ = highball::serve(Api).state(());
}
