use highball::prelude::*;

mod users {
    use highball::prelude::*;

    #[get("/users")]
    async fn list() {}
}

#[routes(app)]
struct Api(users::list);

fn main() {
    let _ = highball::serve(Api).state(());
}
