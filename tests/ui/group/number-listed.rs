use highball::prelude::*;

#[routes(app)]
struct Api(u8);

fn main() {
    let _ = highball::serve(Api).state(());
}
