use highball::prelude::*;

#[get("/")]
async fn home(user: Local<'_, String>) {
    std::thread::spawn(move || user.len());
}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
