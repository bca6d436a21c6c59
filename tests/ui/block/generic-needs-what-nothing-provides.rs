use highball::prelude::*;

#[derive(Local)]
struct User(u64);

struct Limit<T = ()> {
    by: Option<fn(&T) -> u64>,
}

impl Limit {
    const fn new() -> Self {
        Self { by: None }
    }

    const fn by<T>(self, by: fn(&T) -> u64) -> Limit<T> {
        Limit { by: Some(by) }
    }
}

#[middleware]
impl<T: highball::extract::LocalType> Limit<T> {
    async fn limit(&self, local: Local<'_, T>, cx: &mut Context<'_>, next: impl Next) -> Response {
        let _ = self.by.map(|by| by(&local));
        next.run(cx).await
    }
}

#[get("/", with(Limit::new().by::<User>(|user| user.0)))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
