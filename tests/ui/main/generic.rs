#![allow(unused)]

use highball::prelude::*;

#[highball::main]
async fn main<T>() -> highball::Result {
    Ok(())
}
