use highball::{cookie::SignedCookies, prelude::*};

#[post("/pay")]
async fn pay(_cookies: SignedCookies<'_>) {}

#[routes(app)]
struct Api(pay);

fn main() {}
