use highball::prelude::*;

#[middleware]
async fn audit<N: Next>(cx: &mut Context<'_>, next: N) -> Response {
    next.run(cx).await
}

#[get("/", with(audit))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
