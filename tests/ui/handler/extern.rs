use highball::prelude::*;

#[get("/")]
extern "C" fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
