use highball::prelude::*;

struct Users;

#[routes(app)]
struct Api(Users);

fn main() {
    let _ = highball::serve(Api).state(());
}
