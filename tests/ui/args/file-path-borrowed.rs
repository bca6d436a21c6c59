use highball::prelude::*;

#[get("/files/{*rest}")]
async fn file(rest: &std::path::Path) {
    let _ = rest;
}

#[routes(app)]
struct Api(file);

fn main() {
    let _ = highball::serve(Api).state(());
}
