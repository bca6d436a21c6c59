#![allow(non_camel_case_types)]

use std::marker::PhantomData;

use highball::{
    describe::{Consumer, ConsumerInfo},
    prelude::*,
};

struct Email;
struct Shop;
struct Queue<'r, J>(PhantomData<&'r J>);
struct Tx<'r, D>(PhantomData<&'r D>);

impl<'r, J: Sync> Extract<'r> for Queue<'r, J> {
    type State = ();
    const FACTS: Facts = Facts::PUBLISHES
        .and(Facts::PUBLISHES_DIRECTLY)
        .and(Facts::named(&[Fact::new("job", "email")]));

    fn extract(_: Input<'r>) -> Result<Self, Rejection> {
        Ok(Queue(PhantomData))
    }
}

impl<'r, D: Sync> Extract<'r> for Tx<'r, D> {
    type State = ();
    const FACTS: Facts = Facts::WRITES.and(Facts::TRANSACTION);

    fn extract(_: Input<'r>) -> Result<Self, Rejection> {
        Ok(Tx(PhantomData))
    }
}

#[post("/orders")]
async fn create(_tx: Tx<'_, Shop>, _email: Queue<'_, Email>) {}

struct send_email;

impl Consumer for send_email {
    const INFO: ConsumerInfo = ConsumerInfo::new("send_email", "email", "src/mail.rs", 4);
}

#[routes(app, jobs(send_email))]
struct Api(create);

fn main() {}
