#![allow(non_camel_case_types)]

use highball::{
    describe::{Consumer, ConsumerInfo},
    prelude::*,
};

struct Emails;

impl<'r> Extract<'r> for Emails {
    type State = ();
    const FACTS: Facts =
        Facts::PUBLISHES.and(Facts::named(&[Fact::unique("job", "email", "shop::Email")]));

    fn extract(_: Input<'r>) -> Result<Self, Rejection> {
        Ok(Emails)
    }
}

const LETTER: Facts =
    Facts::PUBLISHES.and(Facts::named(&[Fact::unique("job", "email", "mail::Letter")]));

#[post("/orders")]
async fn create(_emails: Emails) {}

struct send_email;

impl Consumer for send_email {
    const INFO: ConsumerInfo = ConsumerInfo::new("send_email", "email", "src/mail.rs", 4);
}

struct remind;

impl Consumer for remind {
    const INFO: ConsumerInfo = ConsumerInfo::new("remind", "remind", "src/mail.rs", 9)
        .publishes(&[&LETTER])
        .scheduled();
}

#[routes(app, jobs(send_email, remind))]
struct Api(create);

fn main() {}
