use highball::{prelude::*, response::WithStatus};

#[get("/")]
async fn home() -> Result<WithStatus<103, Json<u32>>, Rejection> {
    Ok(WithStatus(Json(7)))
}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api);
}
