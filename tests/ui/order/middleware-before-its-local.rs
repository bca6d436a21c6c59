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
async fn invoices(tenant: Local<'_, Tenant>) -> String {
    tenant.0.clone()
}

#[get("/bills")]
async fn bills() {}

#[routes(app, with(audit, tenant))]
struct Api(invoices, bills);

fn main() {}
