//~ mistake: a prefix begins without a slash and ends with one
//~ thing: api/ | prefix
//~ way: "/api"
use highball::prelude::*;

#[get("/version")]
async fn version() -> &'static str {
    "1.2"
}

#[routes("api/")] //~ here
struct V1(version);

#[routes(app)]
struct Api(V1);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
