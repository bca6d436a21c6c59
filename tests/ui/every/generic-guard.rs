use highball::prelude::*;

#[guard]
fn signed_in(cx: &Context<'_>) -> Result<(), StatusCode> {
    match cx.header("authorization") {
        Some(_) => Ok(()),
        None => Err(StatusCode::UNAUTHORIZED),
    }
}

struct Role<R>(std::marker::PhantomData<R>);

impl<R> Role<R> {
    const fn new() -> Self {
        Self(std::marker::PhantomData)
    }
}

#[guard]
impl<R: Send + Sync> Role<R> {
    fn check(&self) -> Result<(), StatusCode> {
        Ok(())
    }
}

struct Admin;
struct Guest;

#[get("/orders", with(Role::<Guest>::new()))]
async fn orders() {}

#[get("/login", public, with(signed_in))]
async fn login() {}

#[routes(app, every(Role<Admin> | public))]
struct Api(orders, login);

fn main() {}
