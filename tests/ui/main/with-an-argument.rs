#![allow(unused)]

use highball::prelude::*;

#[highball::main]
async fn main(args: Vec<String>) -> highball::Result {
    Ok(())
}
