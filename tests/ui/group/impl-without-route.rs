use highball::prelude::*;

struct Users;

#[routes]
impl Users {
    fn helper() {}
}

#[routes(app)]
struct Api(Users);

fn main() {
    let _ = highball::serve(Api).state(());
}
