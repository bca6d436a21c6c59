use highball::prelude::*;

#[get("/default")]
async fn default<T: Default + std::fmt::Debug>() -> String {
    format!("{:?}", T::default())
}

#[routes(app)]
struct Api(default);

fn main() {
    let _ = highball::serve(Api).state(());
}
