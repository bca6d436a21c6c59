use highball::prelude::*;

struct Key(&'static str);

#[guard]
impl Key {
    async fn check(&self, cx: &Context<'_>) -> Result<(), StatusCode> {
        let name = ;
        name
    }
}

#[get("/", with(Key("a")))]
async fn show() {}

#[routes(app)]
struct Api(show);

fn main() {
    let _ = highball::serve(Api).state(());
}
