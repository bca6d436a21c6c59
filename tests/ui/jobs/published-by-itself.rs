#![allow(non_camel_case_types)]

use highball::{
    describe::{Consumer, ConsumerInfo},
    prelude::*,
};

#[get("/")]
async fn home() {}

const IMPORT: Facts = Facts::PUBLISHES.and(Facts::named(&[Fact::new("job", "import")]));

struct import;

impl Consumer for import {
    const INFO: ConsumerInfo = ConsumerInfo::new("import", "import", "src/mail.rs", 4).publishes(&[&IMPORT]);
}

#[routes(app, jobs(import))]
struct Api(home);

fn main() {}
