use highball::{cookie::PrivateCookies, prelude::*};

#[any("/hook")]
async fn hook(_cookies: PrivateCookies<'_>) {}

#[route("/cache", methods = [GET, "PURGE"])]
async fn purge(_cookies: PrivateCookies<'_>) {}

#[routes(app)]
struct Api(hook, purge);

fn main() {}
