#![allow(unused)]

use highball::prelude::*;

#[derive(Local)]
struct User;

#[derive(Local)]
struct Token<'a>(&'a str);

fn main() {}
