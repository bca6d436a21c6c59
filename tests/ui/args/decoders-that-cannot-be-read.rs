#![allow(unused)]

use highball::{Rejection, extract::*, prelude::*};

struct New;

struct Borrowed<'a>(&'a str);

type Body = Json<New>;

#[post("/form")]
async fn form(new: Form<New>) {}

#[post("/bind")]
async fn bind(Bind(new): Bind<New>) {}

#[post("/xml")]
async fn xml(new: Xml<New>) {}

#[post("/protobuf")]
async fn protobuf(new: Protobuf<New>) {}

#[post("/optional")]
async fn optional(new: Option<Json<New>>) {}

#[post("/result")]
async fn result(new: Result<Json<New>, Rejection>) {}

#[post("/valid")]
async fn valid(new: Valid<Json<New>>) {}

#[post("/list")]
async fn list(new: Json<Vec<New>>) {}

#[post("/borrowed")]
async fn borrowed(new: Json<Borrowed<'_>>) {}

#[post("/text")]
async fn text(new: Json<&str>) {}

#[post("/counts")]
async fn counts(new: Json<Vec<(&'static str, u32)>>) {}

#[post("/slice")]
async fn slice(new: Json<&[u8]>) {}

#[post("/alias")]
async fn alias(new: Body) {}

#[post("/either")]
async fn either(new: Either<Json<New>, Form<Value>>) {}

#[guard(body)]
async fn guard(new: Json<New>) -> Result<(), StatusCode> {
    Ok(())
}

#[routes(app)]
struct Api(form);

fn main() {
    let _ = highball::serve(Api);
}
//~ mistakes: 15
