use highball::prelude::*;

#[middleware]
fn audit(cx: &mut Context<'_>, next: impl Next) -> Response {
    Response::empty(204)
}

#[get("/", with(audit))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
