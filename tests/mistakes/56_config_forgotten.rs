//~ mistake: the value of a middleware is an argument without `#[config]`
//~ thing: seconds
//~ way: #[config]
use highball::prelude::*;

#[middleware]
async fn cached(
    seconds: u32, //~ here
    cx: &mut Context<'_>,
    next: impl Next,
) -> Response {
    let mut response = next.run(cx).await;
    response.set_header(header::CACHE_CONTROL, format!("max-age={seconds}"));
    response
}

#[get("/logo", with(cached(60)))]
async fn logo() -> &'static str {
    "<svg/>"
}

#[routes(app)]
struct Api(logo);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
