use highball::prelude::*;

struct Tag;

#[middleware]
impl Tag {}

#[get("/", with(Tag))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
