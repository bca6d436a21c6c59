#![allow(unused)]

use highball::prelude::*;

struct Db;
struct Cache;

#[get("/")]
async fn home(db: State<Db>, cache: State<Cache>) {}

#[get("/again")]
async fn again(db: State<Db>) {}

#[routes(app)]
struct Api(home, again);

fn main() {
    let _ = highball::serve(Api).state(());
}
//~ mistakes: 2
