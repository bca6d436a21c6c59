use highball::prelude::*;

struct Users<T>(T);

#[routes("/users")]
impl<T> Users<T> {
    #[get("/")]
    async fn list() {}
}

#[routes(app)]
struct Api(Users<u8>);

fn main() {
    let _ = highball::serve(Api).state(());
}
