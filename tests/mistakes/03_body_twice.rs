//~ mistake: two arguments take the body: the fields and the files of one form
//~ thing: Multipart
//~ way: keep one | one of them | only one argument
use highball::{multipart::Multipart, prelude::*};
use serde::Deserialize;

#[derive(Deserialize)]
struct Caption {
    caption: String,
}

#[post("/photos")]
async fn upload(
    text: Form<Caption>,
    mut files: Multipart, //~ here
) -> Result<String, Rejection> {
    let mut bytes = 0;
    while let Some(field) = files.next().await? {
        bytes += field.bytes().await?.len();
    }
    Ok(format!("{}: {bytes} bytes", text.caption))
}

#[routes(app)]
struct Api(upload);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
