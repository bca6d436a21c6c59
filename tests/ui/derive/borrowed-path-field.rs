use highball::prelude::*;

#[derive(PathFields)]
struct Issue<'a> {
    repo: &'a str,
}

fn main() {}
