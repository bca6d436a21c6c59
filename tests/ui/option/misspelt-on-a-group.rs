use highball::prelude::*;

mod toy {
    use highball::prelude::*;

    #[allow(non_camel_case_types)]
    pub struct cached;

    impl cached {
        pub const fn new() -> Self {
            cached
        }

        pub const fn ttl(self, _seconds: u64) -> Self {
            self
        }
    }

    #[middleware]
    impl cached {
        async fn run(&self, cx: &mut Context<'_>, next: impl Next) -> Response {
            next.run(cx).await
        }
    }
}

#[get("/")]
async fn home() {}

#[routes(app, toy::cached(tll = 5))]
struct Api(home);

fn main() {}
