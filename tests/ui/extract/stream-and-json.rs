use highball::{body::BodyStream, prelude::*};

#[post("/")]
async fn home(value: Json<Value>, body: BodyStream) -> String {
    format!("{} {body:?}", value.0)
}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
