use highball::prelude::*;

#[get("/")]
async unsafe fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
