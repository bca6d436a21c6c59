//~ mistake: two routes match the same requests
//~ thing: /posts/{slug}
//~ way: change the path | another path | list only one
use highball::prelude::*;

#[get("/posts/{id}")]
async fn by_id(id: u64) -> String {
    format!("post {id}")
}

#[get("/posts/{slug}")]
async fn by_slug(slug: &str) -> String {
    format!("post about {slug}")
}

#[routes(app)]
struct Api(
    by_id,
    by_slug, //~ here
);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
