//~ mistake: the prelude is not imported
//~ thing: `get`
//~ way: use highball::prelude::* | use highball::get
use highball::routes;

#[get("/")] //~ here
async fn index() -> &'static str {
    "index"
}

#[routes(app)]
struct Api(index);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
