#![allow(non_camel_case_types)]

use highball::{
    describe::{Consumer, ConsumerInfo},
    prelude::*,
};

#[get("/")]
async fn home() {}

struct import;

impl Consumer for import {
    const INFO: ConsumerInfo = ConsumerInfo::new("import", "import", "src/mail.rs", 4);
}

#[routes(app, jobs(import))]
struct Api(home);

fn main() {}
