use highball::prelude::*;

#[post("/notes", data = "<note>", format = "json", rank = 2)]
async fn create(note: Json<Value>) -> Json<Value> {
    note
}

#[routes(app)]
struct Api(create);

fn main() {
    let _ = highball::serve(Api);
}
//~ mistakes: 3
