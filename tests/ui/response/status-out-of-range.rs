use highball::{prelude::*, response::WithStatus};

#[get("/")]
async fn home() -> WithStatus<700, String> {
    WithStatus("hello".to_owned())
}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api);
}
