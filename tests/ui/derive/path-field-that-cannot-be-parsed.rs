use highball::prelude::*;

struct Number(u64);

#[derive(PathFields)]
struct Issue {
    number: Number,
}

fn main() {}
