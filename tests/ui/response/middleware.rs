use highball::prelude::*;

struct User;

#[middleware]
async fn audit(cx: &mut Context<'_>, next: impl Next) -> User {
    next.run(cx).await;
    User
}

#[get("/", with(audit))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
