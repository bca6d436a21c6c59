use highball::prelude::*;

#[middleware]
async fn audit(next: impl Next) -> Response {
    Response::empty(204)
}

#[get("/", with(audit))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
