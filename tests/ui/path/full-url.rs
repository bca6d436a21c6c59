use highball::prelude::*;

#[get("https://example.org/users")]
async fn users() {}

#[routes(app)]
struct Api(users);

fn main() {
    let _ = highball::serve(Api).state(());
}
