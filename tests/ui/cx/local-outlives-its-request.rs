use highball::prelude::*;

#[derive(Local)]
struct User(String);

#[guard]
fn login() -> Result<User, Rejection> {
    Ok(User(String::new()))
}

#[get("/", with(login))]
async fn home(user: Local<'_, User>) {
    std::thread::spawn(move || user.0.len());
}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
