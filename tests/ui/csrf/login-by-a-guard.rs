use highball::{cookie::SignedCookies, prelude::*};

#[guard]
fn signed_in(cookies: SignedCookies<'_>) -> Result<(), StatusCode> {
    cookies.get("id").map(drop).ok_or(StatusCode::UNAUTHORIZED)
}

#[get("/account")]
async fn show() {}

#[delete("/account")]
async fn remove(cx: &mut Context<'_>) {
    cx.status(StatusCode::NO_CONTENT);
}

#[routes(app, with(signed_in))]
struct Api(show, remove);

fn main() {}
