use highball::prelude::*;

struct Tag {
    name: &'static str,
}

#[middleware]
impl Tag {
    async fn tag(&self, cx: &mut Context<'_>, next: impl Next) -> Response {
        let mut response = next.run(cx).await;
        response.set_header("tag", self.name);
        response
    }
}

#[get("/", with(Tag))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
