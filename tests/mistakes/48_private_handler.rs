//~ mistake: a listed handler of another module is private
//~ thing: list
//~ way: `pub` | pub async fn
use highball::prelude::*;

mod users {
    use highball::prelude::*;

    #[get("/users")]
    async fn list() -> &'static str {
        "zoe"
    }
}

#[get("/")]
async fn home() -> &'static str {
    "home"
}

#[routes(app)]
struct Api(
    home,
    users::list, //~ here
);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
