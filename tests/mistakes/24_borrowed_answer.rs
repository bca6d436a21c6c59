//~ mistake: a handler returns `&str` from the context without a lifetime
//~ thing: &str
//~ way: `String` | -> String
use highball::prelude::*;

#[get("/agent")]
async fn agent(cx: &Context<'_>, accept: &HeaderMap) -> &str {
    //~^ here
    if accept.is_empty() {
        return "no headers";
    }
    cx.header("user-agent").unwrap_or("unknown")
}

#[routes(app)]
struct Api(agent);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
