use highball::prelude::*;

struct Users;

#[routes("/users")]
impl Default for Users {
    fn default() -> Self {
        Users
    }
}

#[routes(app)]
struct Api(Users);

fn main() {
    let _ = highball::serve(Api).state(());
}
