#![allow(unused)]

use highball::prelude::*;

use std::path::PathBuf;

#[get("/files/{*rest}")]
async fn show(Path(rest): Path<PathBuf>) {}

#[routes(app)]
struct Api(show);

fn main() {
    let _ = highball::serve(Api).state(());
}
