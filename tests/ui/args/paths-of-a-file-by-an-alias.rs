use highball::prelude::*;

type File = std::path::PathBuf;

#[get("/{user}/{*rest}")]
async fn show(Path((user, rest)): Path<(u64, File)>) {
    drop((user, rest));
}

#[routes(app)]
struct Api(show);

fn main() {
    let _ = highball::serve(Api).state(());
}
