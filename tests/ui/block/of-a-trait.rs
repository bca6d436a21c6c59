use highball::prelude::*;

struct Tag;

trait Named {
    fn name(&self) -> Result<(), StatusCode>;
}

#[guard]
impl Named for Tag {
    fn name(&self) -> Result<(), StatusCode> {
        Ok(())
    }
}

#[get("/", with(Tag))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
