use highball::prelude::*;

type File = std::path::PathBuf;

#[get("/files/{*rest}")]
async fn show(Path(rest): Path<File>) {
    drop(rest);
}

#[routes(app)]
struct Api(show);

fn main() {
    let _ = highball::serve(Api).state(());
}
