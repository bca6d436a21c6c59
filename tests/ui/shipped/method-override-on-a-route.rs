use highball::prelude::*;

#[put("/", method_override)]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
