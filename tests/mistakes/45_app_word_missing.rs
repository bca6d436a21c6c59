//~ mistake: the outermost group lacks the word `app`
//~ thing: Api
//~ way: #[routes(app)]
use highball::prelude::*;

#[get("/")]
async fn home() -> &'static str {
    "home"
}

#[routes] //~ here
struct Api(home);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await //~ here
}
