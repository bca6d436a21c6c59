//~ mistake: axum's pattern for one path parameter, `Path(id): Path<u32>`
//~ thing: Path<u32>
//~ way: id: u32
//~ or: compiles
use highball::prelude::*;

#[get("/users/{id}")]
async fn show(Path(id): Path<u32>) -> String {
    //~^ here
    format!("user {}", id + 1)
}

#[routes(app)]
struct Api(show);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
