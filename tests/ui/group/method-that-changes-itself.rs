use highball::prelude::*;

struct Users(u64);

#[routes("/users")]
impl Users {
    #[post("/")]
    async fn count(&mut self) {
        self.0 += 1;
    }
}

#[routes(app)]
struct Api(Users);

fn main() {
    let _ = highball::serve(Api).state(());
}
