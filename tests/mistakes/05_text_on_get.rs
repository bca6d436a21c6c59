//~ mistake: a GET route takes `q: String`, which is the body and not the query parameter
//~ thing: GET
//~ way: Query<
use highball::prelude::*;

#[get("/search")]
async fn search(q: String) -> String {
    //~^ here
    format!("results for {q}")
}

#[routes(app)]
struct Api(search);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
