use highball::{cookie::PrivateCookies, prelude::*};

#[route("/cache", methods = [GET, "PURGE"])]
async fn purge(_cookies: PrivateCookies<'_>) {}

#[routes(app)]
struct Api(purge);

fn main() {}
