//~ mistake: a guard returns `bool`
//~ thing: bool
//~ way: Result<
use highball::prelude::*;

#[guard]
async fn has_key(cx: &Context<'_>) -> bool {
    //~^ here
    cx.header("x-key") == Some("k1")
}

#[get("/report", with(has_key))]
async fn report() -> &'static str {
    "profit: 7"
}

#[routes(app)]
struct Api(report);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
