#![allow(unused)]

use highball::prelude::*;

#[highball::main(threads = 4)]
async fn main() -> highball::Result {
    Ok(())
}
