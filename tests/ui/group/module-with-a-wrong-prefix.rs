use highball::prelude::*;

#[routes("users")]
mod users {
    use highball::prelude::*;

    #[get("/")]
    async fn list() {}
}

#[routes(app)]
struct Api(users::Routes);

fn main() {
    let _ = highball::serve(Api).state(());
}
