use highball::prelude::*;

#[middleware]
async fn server_name(cx: &mut Context<'_>, next: Next) -> Response {
    let mut response = next.run(cx).await;
    response.set_header("x-served-by", "blue");
    response
}

#[get("/")]
async fn home() {}

#[routes(app, with(server_name))]
struct Api(home);

fn main() {}
