use highball::prelude::*;

#[routes]
mod users {
    pub fn helper() {}
}

#[routes(app)]
struct Api(users::Routes);

fn main() {
    let _ = highball::serve(Api).state(());
}
