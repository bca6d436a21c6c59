use highball::prelude::*;

#[derive(PathFields)]
struct Issue(String, u64);

fn main() {}
