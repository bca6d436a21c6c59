use highball::prelude::*;
use highball_openapi::{Document, Documented};

#[get("/")]
async fn home() {}

#[routes(app)]
struct Api(home, highball_openapi::json<Api>);

impl Documented for Api {
    fn document() -> Document {
        Document::of::<Self>("Home", "1.0.0")
    }
}

pub fn main() {
    let _ = highball::serve(Api);
}
