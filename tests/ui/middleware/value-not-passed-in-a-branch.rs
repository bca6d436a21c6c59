use highball::prelude::*;

#[derive(Local)]
struct Tenant;

#[middleware]
async fn tenant(cx: &mut Context<'_>, next: impl Next<Tenant>) -> Response {
    match cx.header("x-tenant") {
        Some(_) => next.with(Tenant).run(cx).await,
        None => next.run(cx).await,
    }
}

fn main() {}
