#![allow(unused)]

use highball::prelude::*;

struct Session;

impl ExtractAsync for Session {
    type State = ();

    async fn extract(cx: &mut Context<'_>, _: Input<'_>) -> Result<Self, Rejection> {
        Ok(Self)
    }
}

#[guard]
async fn audit(session: Session) -> Result<(), StatusCode> {
    Ok(())
}

#[guard]
async fn quota() -> Result<(), StatusCode> {
    Ok(())
}

#[get("/", with(parallel(quota, audit)))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
