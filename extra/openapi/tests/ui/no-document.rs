use highball::prelude::*;

#[get("/")]
async fn home() {}

#[routes(app)]
struct Api(home, highball_openapi::json<Api>);

fn main() {
    let _ = highball::serve(Api);
}
