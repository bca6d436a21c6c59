use highball::prelude::*;

struct Tag;

#[middleware]
impl Tag {
    async fn tag(&self, cx: &mut Context<'_>, next: impl Next) -> Response {
        self.see();
        next.run(cx).await
    }

    fn see(&self) {}
}

#[get("/", with(Tag))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
