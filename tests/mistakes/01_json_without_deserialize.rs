//~ mistake: the type of a JSON body does not derive `Deserialize`
//~ thing: NewNote
//~ way: #[derive(serde::Deserialize)] | #[derive(Deserialize)]
use highball::prelude::*;

struct NewNote {
    title: String,
    text: String,
}

#[post("/notes")]
async fn create(note: Json<NewNote>) -> (StatusCode, String) {
    //~^ here
    let length = note.text.len();
    (
        StatusCode::CREATED,
        format!("{}: {length} bytes", note.title),
    )
}

#[routes(app)]
struct Api(create);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
