use highball::prelude::*;

#[get("/")]
async fn home(cx: &mut Context<'_>) {
    highball::tokio::spawn(async move {
        cx.path().len();
    });
}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
