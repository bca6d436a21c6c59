use highball::{cookie::SignedCookies, extract::SameOrigin, middleware::Csrf, prelude::*};

#[post("/pay")]
async fn pay(_cookies: SignedCookies<'_>, _origin: Result<SameOrigin, Rejection>) {}

#[post("/order", with(when(cfg!(debug_assertions), Csrf::new())))]
async fn order(_cookies: SignedCookies<'_>) {}

#[routes(app)]
struct Api(pay, order);

fn main() {}
