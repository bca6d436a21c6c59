#![allow(unused)]

use highball::prelude::*;

#[highball::main]
struct Main;

fn main() {}
