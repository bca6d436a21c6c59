use highball::{cookie::PrivateCookies, prelude::*};

#[any("/hook")]
async fn hook(_cookies: PrivateCookies<'_>) {}

#[routes(app)]
struct Api(hook);

fn main() {}
