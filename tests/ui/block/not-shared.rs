use highball::prelude::*;

use std::cell::Cell;

struct Tag {
    count: Cell<u64>,
}

impl Tag {
    const fn new() -> Self {
        Self {
            count: Cell::new(0),
        }
    }
}

#[guard]
impl Tag {
    fn tag(&self) -> Result<(), StatusCode> {
        self.count.set(self.count.get() + 1);
        Ok(())
    }
}

#[get("/", with(Tag::new()))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
