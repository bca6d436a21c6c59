#![allow(unused)]

use highball::prelude::*;

#[highball::main]
fn main() -> highball::Result {
    Ok(())
}
