#![allow(unused)]

use highball::prelude::*;

#[get("/é")]
async fn accent() {}

#[get("/%c3%a9")]
async fn escaped() {}

#[get("/ping")]
async fn ping() {}

#[get("/%70ing")]
async fn letter() {}

#[get("/q[{a}]")]
async fn brackets(a: u8) {}

#[get("/q%5b{b}%5D")]
async fn escaped_brackets(b: u8) {}

#[get("/a%2Fb")]
async fn slash() {}

#[get("/a/b")]
async fn two() {}

#[routes(app)]
struct Api(accent, escaped, ping, letter, brackets, escaped_brackets, slash, two);

fn main() {
    let _ = highball::serve(Api).state(());
}
//~ mistakes: 3
