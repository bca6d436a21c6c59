use highball::{multipart::Multipart, prelude::*};

#[guard]
async fn checked(parts: Multipart) -> Result<(), StatusCode> {
    match format!("{parts:?}").is_empty() {
        true => Err(StatusCode::FORBIDDEN),
        false => Ok(()),
    }
}

#[post("/", with(checked))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
