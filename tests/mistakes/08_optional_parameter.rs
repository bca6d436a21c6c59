//~ mistake: a path parameter is an `Option`
//~ thing: Option<u32>
//~ way: two routes | second route | another route | Query<
use highball::prelude::*;

#[get("/news/{page}")]
async fn news(page: Option<u32>) -> String {
    //~^ here
    format!("page {}", page.unwrap_or(1))
}

#[routes(app)]
struct Api(news);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
