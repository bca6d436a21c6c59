#![allow(unused)]

use highball::prelude::*;

struct Session;

impl ExtractAsync for Session {
    type State = ();

    async fn extract(cx: &mut Context<'_>, _: Input<'_>) -> Result<Self, Rejection> {
        Ok(Self)
    }
}

#[observer]
fn log(exchange: &Exchange<'_>, session: Session) {}

#[get("/", with(log))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
