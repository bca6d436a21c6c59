//~ mistake: `serve(Api);` is a statement without `.await`, so the program ends at once
//~ thing: Serve
//~ way: .await
//~ level: warning
use highball::prelude::*;

#[get("/")]
async fn index() -> &'static str {
    "index"
}

#[routes(app)]
struct Api(index);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api); //~ here
    Ok(())
}
