use highball::prelude::*;

mod users {
    pub async fn list() {}
}

#[routes(app)]
struct Api(users::list);

fn main() {
    let _ = highball::serve(Api).state(());
}
