use highball::prelude::*;

type File = std::path::PathBuf;

#[get("/files/{*rest}")]
async fn file(rest: File) {
    drop(rest);
}

#[routes(app)]
struct Api(file);

fn main() {
    let _ = highball::serve(Api).state(());
}
