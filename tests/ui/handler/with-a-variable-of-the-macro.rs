use highball::prelude::*;

#[get("/")]
async fn home() {
    let _ = __hb::Response::empty(204);
}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
