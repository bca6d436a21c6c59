#![allow(unused)]

use highball::prelude::*;

struct Db;

#[post("/users")]
async fn create(db: &State<Db>, user: &mut Json<Value>) {}

#[guard]
fn login(token: &Bearer) -> Result<(), Rejection> {
    Ok(())
}

#[routes(app, with(login))]
struct Api(create);

#[highball::main]
async fn main() -> highball::Result {
    highball::serve(Api).await
}
//~ mistakes: 3
