//~ mistake: the name of a handler is misspelt in the list
//~ thing: abuot
//~ way: `about`
use highball::prelude::*;

#[get("/")]
async fn home() -> &'static str {
    "home"
}

#[get("/about")]
async fn about() -> &'static str {
    "about"
}

#[routes(app)]
struct Api(home, abuot); //~ here

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
