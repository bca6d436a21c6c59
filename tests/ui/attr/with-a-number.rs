use highball::prelude::*;

#[middleware]
async fn timing(cx: &mut Context<'_>, next: impl Next) -> Response {
    next.run(cx).await
}

#[get("/users", with(5))]
async fn users() {}

#[routes(app)]
struct Api(users);

fn main() {
    let _ = highball::serve(Api).state(());
}
