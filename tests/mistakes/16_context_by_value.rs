//~ mistake: the handler takes the context by value, as in Gin's style
//~ thing: Context
//~ way: &mut Context<'_> | &Context<'_>
use highball::prelude::*;

#[get("/ping")]
async fn ping(cx: Context) -> Response {
    //~^ here
    cx.json(200, &json!({ "message": "pong" }))
}

#[routes(app)]
struct Api(ping);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
