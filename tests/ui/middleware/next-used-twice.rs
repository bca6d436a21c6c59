use highball::prelude::*;

#[middleware]
async fn retry(cx: &mut Context<'_>, next: impl Next) -> Response {
    let first = next.run(cx).await;
    if first.status().is_server_error() {
        return next.run(cx).await;
    }
    first
}

#[get("/", with(retry))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
