//~ mistake: `serve(Api)` is the last expression of `main`, without `.await`
//~ thing: serve(Api) | Serve<Api>
//~ way: .await
use highball::prelude::*;

#[get("/")]
async fn index() -> &'static str {
    "index"
}

#[routes(app)]
struct Api(index);

#[highball::main]
async fn main() -> highball::Result {
    println!("open http://localhost:8080/");
    highball::serve(Api) //~ here
}
