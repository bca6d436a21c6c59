#![allow(unused)]

use highball::prelude::*;

#[get("/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}/{j}/{k}/{l}/{m}/{n}/{o}/{p}/{q}")]
async fn deep(cx: &Context<'_>) {}

#[routes(app)]
struct Api(deep);

fn main() {
    let _ = highball::serve(Api).state(());
}
