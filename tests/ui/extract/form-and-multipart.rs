use highball::{multipart::Multipart, prelude::*};

#[post("/")]
async fn home(parts: Multipart, form: Form<Value>) -> String {
    format!("{} {parts:?}", form.0)
}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
