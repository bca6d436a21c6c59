use highball::{cookie::SignedCookies, extract::SameOrigin, prelude::*};

#[post("/pay")]
async fn pay(_cookies: SignedCookies<'_>, _origin: Result<SameOrigin, Rejection>) {}

#[routes(app)]
struct Api(pay);

fn main() {}
