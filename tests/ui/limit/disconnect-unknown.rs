use highball::prelude::*;

#[get("/", on_disconnect = stop)]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
