use highball::prelude::*;

struct Tag<T>(T);

#[observer]
impl<T> Tag<T> {
    fn tag(&self, exchange: &Exchange<'_>) {
        let _ = exchange.status();
    }
}

#[get("/", with(Tag::<u8>(1)))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
