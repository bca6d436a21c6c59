use highball::prelude::*;

#[middleware]
fn audit() {}

#[get("/", with(audit))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
//~ mistakes: 4
