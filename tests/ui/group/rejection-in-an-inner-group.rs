use highball::prelude::*;

#[get("/")]
async fn home() {}

fn page(_: &Rejection, _: &Context<'_>) -> Response {
    Response::empty(204)
}

#[routes("/v2", rejection = page)]
struct V2(home);

#[routes(app)]
struct Api(V2);

fn main() {
    let _ = highball::serve(Api).state(());
}
