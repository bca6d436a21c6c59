use highball::prelude::*;

#[middleware]
async fn timed(cx: &mut Context<'_>, next: impl Next) -> Response {
    next.run(cx).await
}

#[get("/", with(#[cfg(unix)] timed))]
async fn show() {}

#[routes(app)]
struct Api(show);

fn main() {
    let _ = highball::serve(Api).state(());
}
