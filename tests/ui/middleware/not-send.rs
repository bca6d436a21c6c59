use highball::prelude::*;

use std::rc::Rc;

#[middleware]
async fn audit(cx: &mut Context<'_>, next: impl Next) -> Response {
    let count = Rc::new(1);
    let response = next.run(cx).await;
    drop(count);
    response
}

#[get("/", with(audit))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
