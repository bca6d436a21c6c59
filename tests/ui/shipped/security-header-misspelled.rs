use highball::{middleware::SecurityHeaders, prelude::*};

#[get("/")]
async fn home() {}

#[routes(app, with(SecurityHeaders::new().without("x-frame-option")))]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
