//! Equivalent spellings of a path (RFC 3986, 6.2.2).

use highball::{prelude::*, tokio};

use crate::{
    case::{Case, Expected::Answer, case, check},
    frame::get as frame_of,
};

#[get("/odd/é[1]|x")]
pub(crate) async fn odd() -> &'static str {
    "odd"
}

fn get(path: &'static str, status: u16) -> Case {
    let frames = [frame_of(1, path)];
    case(path, frames, Answer(status))
}

#[tokio::test]
async fn every_spelling_of_a_path_finds_its_route() {
    check([
        get("/%70in%67", 200),
        get("/odd/%C3%A9%5B1%5D%7Cx", 200),
        get("/odd/%c3%a9%5b1%5d%7cx", 200),
        get("/odd/%c3%a9[1]|x", 200),
        get("/odd/é[1]|x", 200),
        get("/%50ing", 404),
        get("/%2Fping", 404),
    ])
    .await;
}
