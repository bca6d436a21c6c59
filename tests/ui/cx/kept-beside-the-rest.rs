use highball::prelude::*;

#[middleware]
async fn audit(cx: &mut Context<'_>, next: impl Next) -> Response {
    let run = next.run(cx);
    cx.set_header("x-audit", "yes");
    run.await
}

#[get("/", with(audit))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
