use highball::prelude::*;

#[get("/files/{*rest}")]
async fn file(rest: std::ffi::OsString) {
    drop(rest);
}

#[routes(app)]
struct Api(file);

fn main() {
    let _ = highball::serve(Api).state(());
}
