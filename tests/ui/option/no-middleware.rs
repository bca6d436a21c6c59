use highball::prelude::*;

mod toy {
    #[allow(non_camel_case_types)]
    pub struct cached;

    impl cached {
        pub const fn new() -> Self {
            cached
        }
    }
}

#[get("/", toy::cached())]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {}
