use highball::prelude::*;

struct Tag;

#[guard]
impl Tag {
    fn tag(&self, #[config] most: u64) -> Result<(), StatusCode> {
        if most > 0 {
            Ok(())
        } else {
            Err(StatusCode::CONFLICT)
        }
    }
}

#[get("/", with(Tag))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
