use highball::prelude::*;

#[routes("/users")]
mod users {
    #[highball::get("/")]
    pub async fn list() -> String {
        let name = ;
        name
    }
}

#[routes(app)]
struct Api(users::Routes);

fn main() {
    let _ = highball::serve(Api).state(());
}
