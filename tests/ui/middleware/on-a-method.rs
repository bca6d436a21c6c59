use highball::prelude::*;

struct Audit;

impl Audit {
    #[middleware]
    async fn audit(&self, cx: &mut Context<'_>, next: impl Next) -> Response {
        next.run(cx).await
    }
}

fn main() {}
