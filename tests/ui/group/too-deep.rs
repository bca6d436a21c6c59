use highball::prelude::*;

#[get("/")]
async fn home() {}

#[routes]
struct Eight(home);
#[routes]
struct Seven(Eight);
#[routes]
struct Six(Seven);
#[routes]
struct Five(Six);
#[routes]
struct Four(Five);
#[routes]
struct Three(Four);
#[routes]
struct Two(Three);
#[routes]
struct One(Two);
#[routes(app)]
struct Api(One);

fn main() {
    let _ = highball::serve(Api).state(());
}
