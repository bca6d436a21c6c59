use highball::{middleware::SecurityHeaders, prelude::*};

#[get("/")]
async fn home() {}

#[routes(app, with(SecurityHeaders::new().set("Permissions-Policy", "geolocation=()")))]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
