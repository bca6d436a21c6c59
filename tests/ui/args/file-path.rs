use highball::prelude::*;

use std::path::PathBuf;

#[get("/files/{*rest}")]
async fn file(rest: PathBuf) {
    drop(rest);
}

#[routes(app)]
struct Api(file);

fn main() {
    let _ = highball::serve(Api).state(());
}
