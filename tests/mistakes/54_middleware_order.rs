//~ mistake: a middleware that takes a local is outside the middleware that provides it
//~ thing: audit
//~ way: swap | before `audit` | in front of `audit`
use highball::prelude::*;

#[derive(Local)]
struct Tenant(String);

#[middleware]
async fn tenant(cx: &mut Context<'_>, next: impl Next<Tenant>) -> Response {
    let name = cx.header("x-tenant").unwrap_or("unknown").to_owned();
    next.with(Tenant(name)).run(cx).await
}

#[middleware]
async fn audit(cx: &mut Context<'_>, tenant: Local<'_, Tenant>, next: impl Next) -> Response {
    println!("{} calls {}", tenant.0, cx.path());
    next.run(cx).await
}

#[get("/invoices")]
async fn invoices() -> &'static str {
    "no invoices"
}

#[routes(
    app,
    with(
        audit, //~ here
        tenant, //~ here
    )
)]
struct Api(invoices);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
