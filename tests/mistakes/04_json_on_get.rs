//~ mistake: a GET route takes a JSON body
//~ thing: GET
//~ way: Query<Filter> | Query<..> | Query<
use highball::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct Filter {
    tag: String,
    limit: u32,
}

#[get("/articles")]
async fn search(filter: Json<Filter>) -> String {
    //~^ here
    format!("{} articles about {}", filter.limit, filter.tag)
}

#[routes(app)]
struct Api(search);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
