use highball::{cookie::SignedCookies, middleware::Csrf, prelude::*};

#[post("/pay", with(when(cfg!(debug_assertions), Csrf::new())))]
async fn pay(_cookies: SignedCookies<'_>) {}

#[routes(app)]
struct Api(pay);

fn main() {}
