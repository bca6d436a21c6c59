#![allow(unused)]

use highball::prelude::*;

#[get("/{i}/{j}/{k}/{l}/{m}/{n}/{o}/{p}")]
async fn deep(cx: &Context<'_>) {}

#[routes("/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/x/{y}")]
struct V2(deep);

#[routes(app)]
struct Api(V2);

fn main() {
    let _ = highball::serve(Api).state(());
}
