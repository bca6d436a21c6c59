use highball::prelude::*;

async fn timing(cx: &mut Context<'_>, next: impl Next) -> Response {
    next.run(cx).await
}

#[get("/")]
async fn home() {}

#[routes(app, with(timing))]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
