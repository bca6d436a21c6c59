use highball::prelude::*;

#[derive(PathFields)]
enum Issue {
    Number(u64),
}

fn main() {}
