use std::path::PathBuf;

use highball::prelude::*;

#[derive(PathFields)]
struct File {
    rest: PathBuf,
}

#[get("/files/{*rest}")]
async fn file(file: Path<File>) {
    drop(file.0.rest);
}

#[routes(app)]
struct Api(file);

fn main() {
    let _ = highball::serve(Api).state(());
}
