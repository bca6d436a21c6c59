use highball::{prelude::*, serve};

#[get("/")]
async fn home() {}

#[routes(app)]
struct Api(home);

#[highball::main]
async fn main() -> highball::Result {
    serve(Api).quiet().on_start("cache", secs(5), async { Ok(()) });
    if std::env::args().count() > 1 {
        return Ok(());
    }
    ::highball::serve(Api).state(())?;
    return highball::serve(Api);
}
//~ mistakes: 3
