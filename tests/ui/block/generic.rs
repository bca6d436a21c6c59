use highball::prelude::*;

struct Tag<T>(T);

#[guard]
impl<T> Tag<T> {
    fn tag(&self) -> Result<(), StatusCode> {
        Ok(())
    }
}

#[get("/", with(Tag::<u8>(1)))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
