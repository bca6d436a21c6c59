#![allow(unused)]

use highball::prelude::*;

#[get("/")]
async fn show(
    #[cfg(unix)] a: &Uri,
    #[cfg(windows)] b: &Uri,
    #[cfg(debug_assertions)] c: &Uri,
    #[cfg(target_pointer_width = "64")] d: &Uri,
    #[cfg(target_endian = "little")] e: &Uri,
) {
}

#[routes(app)]
struct Api(show);

fn main() {
    let _ = highball::serve(Api).state(());
}
