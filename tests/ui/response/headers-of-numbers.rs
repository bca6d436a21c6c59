use highball::prelude::*;

#[get("/")]
async fn home() -> (StatusCode, [(u32, &'static str); 1]) {
    (StatusCode::OK, [(7, "a")])
}

#[routes(app)]
struct Api(home);

fn main() {}
