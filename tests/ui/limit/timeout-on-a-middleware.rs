use highball::prelude::*;

#[middleware(timeout = secs(5))]
async fn timing(cx: &mut Context<'_>, next: impl Next) -> Response {
    next.run(cx).await
}

#[get("/", with(timing))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
