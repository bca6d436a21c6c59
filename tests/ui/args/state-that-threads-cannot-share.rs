#![allow(unused)]

use highball::prelude::*;
use std::rc::Rc;

trait Repo {}

#[get("/users")]
async fn users(names: State<Rc<String>>) {}

#[get("/posts")]
async fn posts(repo: State<dyn Repo>) {}

#[routes(app)]
struct Api(users, posts);

fn main() {
    let _ = highball::serve(Api);
}
//~ mistakes: 2
