//~ mistake: `main` awaits the server and has no return type
//~ thing: main | Result<
//~ way: -> highball::Result
use highball::prelude::*;

#[get("/")]
async fn index() -> &'static str {
    "index"
}

#[routes(app)]
struct Api(index);

#[highball::main]
async fn main() {
    //~^ here
    highball::serve(Api).await //~ here
}
