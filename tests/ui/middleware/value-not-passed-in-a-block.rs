use highball::prelude::*;

#[derive(Local)]
struct Tenant;

struct Tenants;

#[middleware]
impl Tenants {
    async fn run(&self, cx: &mut Context<'_>, next: impl Next<Tenant>) -> Response {
        if cx.path() == "/" {
            return next.run(cx).await;
        }
        cx.text(404, "no tenant")
    }
}

#[get("/", with(Tenants))]
async fn home(tenant: Local<'_, Tenant>) {
    let _ = &*tenant;
}

#[routes(app)]
struct Api(home);

fn main() {}
