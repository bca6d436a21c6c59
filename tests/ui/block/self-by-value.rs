use highball::prelude::*;

struct Tag;

#[middleware]
impl Tag {
    async fn tag(self, cx: &mut Context<'_>, next: impl Next) -> Response {
        next.run(cx).await
    }
}

#[get("/", with(Tag))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
