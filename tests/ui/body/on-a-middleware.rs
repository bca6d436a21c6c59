use highball::prelude::*;

#[middleware(body)]
async fn signed(_body: Bytes, cx: &mut Context<'_>, next: impl Next) -> Response {
    next.run(cx).await
}

#[post("/", with(signed))]
async fn hook() {}

#[routes(app)]
struct Api(hook);

fn main() {
    let _ = highball::serve(Api).state(());
}
