use highball::prelude::*;

#[get()]
async fn users() {}

#[routes(app)]
struct Api(users);

fn main() {
    let _ = highball::serve(Api).state(());
}
