#![allow(unused)]

use std::{future::Future, pin::Pin};

use highball::prelude::*;

#[get("/impl")]
fn by_impl() -> impl Future<Output = Result<String, Rejection>> + Send {
    async { Ok(String::new()) }
}

#[get("/boxed")]
fn boxed() -> Pin<Box<dyn Future<Output = String> + Send>> {
    Box::pin(async { String::new() })
}

#[get("/async")]
async fn twice() -> impl Future<Output = String> {
    async { String::new() }
}

#[guard]
fn login() -> impl Future<Output = Result<(), Rejection>> {
    async { Ok(()) }
}

#[routes(app, with(login))]
struct Api(by_impl, boxed, twice);

fn main() {
    let _ = highball::serve(Api).state(());
}
//~ mistakes: 4
